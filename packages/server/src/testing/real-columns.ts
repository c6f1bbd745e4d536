import { sql } from "kysely";
import type { Database } from "../db/index.ts";

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
