import type { DatabaseSync, StatementSync } from "node:sqlite";
import { sqlite } from "./node-sqlite.ts";

const { constants } = sqlite;

/** Stands for tables that are unknown. */
export const unknownTables = "*";

const { SQLITE_DELETE, SQLITE_INSERT, SQLITE_UPDATE } = constants;
const { SQLITE_FUNCTION, SQLITE_READ, SQLITE_RECURSIVE, SQLITE_SELECT } = constants;
const writes: readonly number[] = [SQLITE_DELETE, SQLITE_INSERT, SQLITE_UPDATE];
const reads: readonly number[] = [SQLITE_FUNCTION, SQLITE_READ, SQLITE_RECURSIVE, SQLITE_SELECT];
/** Node before 24.10 does not report tables. */
const reportsTables = "setAuthorizer" in sqlite.DatabaseSync.prototype;

/**
 * Calls `report` with each table that a statement changes, when SQLite compiles the statement, including tables of
 * triggers and cascades. The tables of all other changes, such as those of the schema, are unknown.
 *
 * Returns false when Node does not report tables.
 */
export function reportChangedTables(database: DatabaseSync, report: (table: string) => void): boolean {
  if (!reportsTables) return false;
  database.setAuthorizer((action, table) => {
    if (!reads.includes(action)) report(writes.includes(action) && table !== null ? table : unknownTables);
    return constants.SQLITE_OK;
  });
  return true;
}

/** Ends the reports. Node keeps the function, and all that it refers to, even after the database is closed. */
export function stopReporting(database: DatabaseSync): void {
  if (reportsTables) database.setAuthorizer(null);
}

/** Prepares a read, and returns the tables that SQLite reads for it. */
export function prepareRead(
  database: DatabaseSync,
  sql: string,
): { statement: StatementSync; tables: ReadonlySet<string> } {
  if (!reportsTables) return { statement: database.prepare(sql), tables: new Set([unknownTables]) };
  const tables = new Set<string>();
  database.setAuthorizer((action, table) => {
    if (action === SQLITE_READ && table !== null) tables.add(table);
    return constants.SQLITE_OK;
  });
  try {
    return { statement: database.prepare(sql), tables };
  } finally {
    database.setAuthorizer(null);
  }
}
