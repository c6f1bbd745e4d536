import { type RawBuilder, sql } from "kysely";
import type { Database, Schema, Write } from "../../../infrastructure/database/index.ts";
import type { StateRow } from "./state.ts";

/** A table and its columns. */
export interface StateTable {
  readonly name: string;
  readonly columns: readonly string[];
}

interface ColumnRow {
  readonly table: string;
  readonly column: string;
}

/** Tables in the order of their creation, so that a table follows those that it references. */
const columnsByEngine: Readonly<Record<Database["engine"], RawBuilder<ColumnRow>>> = {
  sqlite: sql<ColumnRow>`
    select t.name as "table", c.name as "column"
    from sqlite_master t join pragma_table_info(t.name) c
    where t.type = 'table' and t.name <> 'migrations'
    order by t.rowid, c.cid`,
  postgres: sql<ColumnRow>`
    select c.relname as "table", a.attname as "column"
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and c.relname <> 'migrations'
    order by c.oid, a.attnum`,
};

/** Every table of the platform and of its resources. */
export async function readTables(trx: Write, engine: Database["engine"]): Promise<StateTable[]> {
  const { rows } = await columnsByEngine[engine].execute(trx);
  const byTable = Map.groupBy(rows, ({ table }) => table);
  return Array.from(byTable, ([name, columns]) => ({ name, columns: columns.map(({ column }) => column) }));
}

/** The first rows of a table. */
export async function readRows(trx: Write, table: string, limit: number): Promise<StateRow[]> {
  const { rows } = await sql<StateRow>`select * from ${sql.table(table)} limit ${limit}`.execute(trx);
  return rows;
}

const maxParameters = 30_000;

/** Inserts rows that have all columns of the table. */
export async function insertRows(trx: Write, table: StateTable, rows: readonly StateRow[]): Promise<void> {
  const size = Math.floor(maxParameters / table.columns.length);
  for (let start = 0; start < rows.length; start += size) {
    const values = rows.slice(start, start + size) as never;
    await trx
      .insertInto(table.name as keyof Schema)
      .values(values)
      .execute();
  }
}
