import { sql } from "kysely";
import type { Database } from "../../infrastructure/database/index.ts";

/** Columns by table, as the database reports them: `text`, `integer`, `bigint` or `double`, with `?` if nullable. */
export type RealColumns = Readonly<Record<string, Readonly<Record<string, string>>>>;

interface ColumnRow {
  readonly tableName: string;
  readonly columnName: string;
  readonly type: string;
  readonly nullable: number;
}

/** Reads the tables of a database and their columns. */
export async function readRealColumns(database: Database): Promise<RealColumns> {
  const { rows } = await columnQueries[database.engine].execute(database.read);
  const tables: Record<string, Record<string, string>> = {};
  for (const { columnName, nullable, tableName, type } of rows) {
    const columns = tables[tableName] ?? {};
    columns[columnName] = type.toLowerCase().replace(" precision", "") + (nullable ? "?" : "");
    tables[tableName] = columns;
  }
  return tables;
}

const columnQueries = {
  // SQLite reports primary keys as nullable; every row of the platform has one.
  sqlite: sql<ColumnRow>`
    select t.name as "tableName", c.name as "columnName", c.type, c."notnull" = 0 and c.pk = 0 as nullable
    from sqlite_master t join pragma_table_info(t.name) c
    where t.type = 'table' order by t.name, c.cid`,
  postgres: sql<ColumnRow>`
    select table_name as "tableName", column_name as "columnName", data_type as type,
      case is_nullable when 'YES' then 1 else 0 end as nullable
    from information_schema.columns
    where table_schema = current_schema() order by table_name, ordinal_position`,
};

/** A text column and its collation. */
export interface TextColumn {
  readonly table: string;
  readonly column: string;
  /** `BINARY`, also for `C` of PostgreSQL; otherwise the name in the database. */
  readonly collation: string;
  /** Whether the primary key or an index contains it. */
  readonly indexed: boolean;
}

/** Reads the text columns of a database and their collations. */
export async function readCollations({ engine, read }: Database): Promise<TextColumn[]> {
  if (engine === "postgres") return (await postgresCollations.execute(read)).rows;
  const { rows } = await sqliteTextColumns.execute(read);
  return rows.map(({ column, definition, indexed, table }) => {
    // SQLite has the collation of a column only in the statement that created the table.
    const [, type = ""] = new RegExp(`^  ${column} (TEXT(?: COLLATE \\w+)?)`, "m").exec(definition) ?? [];
    return {
      table,
      column,
      collation: type.replace(/^TEXT( COLLATE )?/, "") || "none",
      indexed: indexed === 1,
    };
  });
}

const postgresCollations = sql<TextColumn>`
  select c.relname as "table", a.attname as "column",
    case n.collname when 'C' then 'BINARY' else n.collname end as collation,
    exists (select from pg_index i where i.indrelid = c.oid and a.attnum = any (i.indkey)) as indexed
  from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_collation n on n.oid = a.attcollation
  where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and c.relname <> 'migrations'`;

const sqliteTextColumns = sql<{ table: string; column: string; definition: string; indexed: number }>`
  select t.name as "table", c.name as "column", t.sql as definition,
    exists (
      select 1 from pragma_index_list(t.name) l, pragma_index_info(l.name) i where i.name = c.name
    ) as indexed
  from sqlite_master t join pragma_table_info(t.name) c
  where t.type = 'table' and c.type = 'TEXT' and t.name <> 'migrations'`;

/** Reads every row of every table as JSON in a fixed order. Two results are equal when nothing was written between. */
export async function readAllRows(database: Database): Promise<Readonly<Record<string, readonly string[]>>> {
  const tables: Record<string, string[]> = {};
  for (const table of Object.keys(await readRealColumns(database))) {
    const { rows } = await sql`select * from ${sql.table(table)}`.execute(database.read);
    tables[table] = rows.map((row) => JSON.stringify(row)).sort();
  }
  return tables;
}
