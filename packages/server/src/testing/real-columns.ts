import { sql } from "kysely";
import type { Database } from "../infrastructure/database/index.ts";

/** Columns by table, as the database itself tells them: `text`, `integer`, `bigint` or `double`, with `?` if nullable. */
export type RealColumns = Readonly<Record<string, Readonly<Record<string, string>>>>;

interface ColumnRow {
  readonly tableName: string;
  readonly columnName: string;
  readonly type: string;
  readonly nullable: number;
}

/** Asks a database for its tables and their columns. */
export async function readRealColumns(database: Database): Promise<RealColumns> {
  const { rows } = await questions[database.engine].execute(database.read);
  const tables: Record<string, Record<string, string>> = {};
  for (const { columnName, nullable, tableName, type } of rows) {
    const columns = tables[tableName] ?? {};
    columns[columnName] = type.toLowerCase().replace(" precision", "") + (nullable ? "?" : "");
    tables[tableName] = columns;
  }
  return tables;
}

const questions = {
  // A primary key of SQLite may be null by its own account; no row of ours is written without one.
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

/** How the database compares a text column. */
export interface TextColumn {
  readonly table: string;
  readonly column: string;
  /** `BINARY`, also for what PostgreSQL calls `C`; otherwise the name that the database has for it. */
  readonly collation: string;
  /** Whether an index, or the primary key, has it. */
  readonly indexed: boolean;
}

/** Asks a database for its text columns and their collations. */
export async function readCollations({ engine, read }: Database): Promise<TextColumn[]> {
  if (engine === "postgres") return (await postgresCollations.execute(read)).rows;
  const { rows } = await sqliteTexts.execute(read);
  return rows.map(({ column, definition, indexed, table }) => {
    // SQLite tells the collation of a column only in the words that made the table.
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

const sqliteTexts = sql<{ table: string; column: string; definition: string; indexed: number }>`
  select t.name as "table", c.name as "column", t.sql as definition,
    exists (
      select 1 from pragma_index_list(t.name) l, pragma_index_info(l.name) i where i.name = c.name
    ) as indexed
  from sqlite_master t join pragma_table_info(t.name) c
  where t.type = 'table' and c.type = 'TEXT' and t.name <> 'migrations'`;
