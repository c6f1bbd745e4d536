import { sql } from "kysely";
import type { Database } from "../infrastructure/database/index.ts";
import { readRealColumns } from "./real-columns.ts";

/** Every row of every table, as JSON in a fixed order: two of them are equal when nothing was written between. */
export async function readAllRows(database: Database): Promise<Readonly<Record<string, readonly string[]>>> {
  const tables: Record<string, string[]> = {};
  for (const table of Object.keys(await readRealColumns(database))) {
    const { rows } = await sql`select * from ${sql.table(table)}`.execute(database.read);
    tables[table] = rows.map((row) => JSON.stringify(row)).sort();
  }
  return tables;
}
