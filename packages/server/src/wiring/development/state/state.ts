import { type Clock, isoTime } from "../../../infrastructure/clock/index.ts";
import type { Database, Write } from "../../../infrastructure/database/index.ts";
import { ApiError, OperatorError } from "../../../infrastructure/errors/index.ts";
import { version } from "../../../infrastructure/observability/index.ts";
import { insertRows, readRows, readTables, type StateTable } from "./state.queries.ts";

export type StateRow = Readonly<Record<string, string | number | null>>;

/** Everything that a platform has stored, as JSON. */
export interface State {
  /** Says for people what this is. */
  readonly about: string;
  /** The version of Latchkey that exported it. */
  readonly version: string;
  /** ISO 8601, by the platform's clock. */
  readonly exportedAt: string;
  /** The key that its secrets are encrypted with; only in a state that the test kit exported. */
  readonly encryptionKey?: string | undefined;
  /** Rows by table. */
  readonly tables: Readonly<Record<string, readonly StateRow[]>>;
}

const about =
  "The state of a Latchkey server in development. It contains secrets of apps: treat it as a password, and keep it out of repositories.";
const maxRows = 100_000;

/** Reads everything that is stored. Throws `STATE_TOO_LARGE` above 100,000 rows. */
export async function exportState({ clock, database }: { clock: Clock; database: Database }): Promise<State> {
  return await database.write(async (trx) => {
    const tables: Record<string, StateRow[]> = {};
    let left = maxRows;
    for (const { name } of await readTables(trx, database.engine)) {
      const rows = await readRows(trx, name, left + 1);
      left -= rows.length;
      if (left < 0) throw new ApiError("STATE_TOO_LARGE");
      tables[name] = rows;
    }
    return { about, version, exportedAt: isoTime(clock.now()), tables };
  });
}

/**
 * Stores a state in a migrated database without rows. Throws `invalid_state`, `database_not_empty`, and what `check` throws;
 * then it stores nothing.
 *
 * @param check called when all rows are stored
 */
export async function importState(
  database: Database,
  given: unknown,
  check: (trx: Write) => Promise<void>,
): Promise<void> {
  const state = readState(given);
  await database.write(async (trx) => {
    const tables = await readTables(trx, database.engine);
    for (const { name } of tables) {
      if ((await readRows(trx, name, 1)).length > 0) throw new OperatorError("database_not_empty");
    }
    const known = new Set(tables.map(({ name }) => name));
    const foreign = Object.keys(state.tables).find((name) => !known.has(name));
    if (foreign !== undefined) throw otherVersion(state, `it has the table ${foreign}`);
    for (const table of tables) {
      const rows = state.tables[table.name];
      if (rows === undefined) throw otherVersion(state, `it has no table ${table.name}`);
      requireColumns(state, table, rows);
      await insertValid(trx, table, rows);
    }
    await check(trx);
  });
}

function readState(given: unknown): State {
  const state = given as Partial<State> | null | undefined;
  const isState =
    typeof state === "object" &&
    typeof state?.version === "string" &&
    (state.encryptionKey === undefined || typeof state.encryptionKey === "string") &&
    isObject(state.tables) &&
    Object.values(state.tables).every((rows) => Array.isArray(rows) && rows.every(isObject)) &&
    state.tables.platform?.length === 1;
  if (isState) return state as State;
  throw new OperatorError(
    "invalid_state",
    "Give the object that export() or GET /admin/v1/dev/state returned.",
  );
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Throws `invalid_state` when the database refuses a row, such as a second one with the same id. */
async function insertValid(trx: Write, table: StateTable, rows: readonly StateRow[]): Promise<void> {
  try {
    await insertRows(trx, table, rows);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new OperatorError(
      "invalid_state",
      `The database refuses its rows of ${table.name}. Export it again, and import it unchanged.`,
      { cause: error },
    );
  }
}

function requireColumns(state: State, { columns, name }: StateTable, rows: readonly StateRow[]): void {
  const expected = columns.toSorted().join();
  const differs = rows.some((row) => Object.keys(row).sort().join() !== expected);
  if (differs) throw otherVersion(state, `the columns of ${name} differ`);
}

function otherVersion(state: State, difference: string): OperatorError {
  const remedy =
    state.version === version
      ? "Import it with the same resources, and with the build that exported it."
      : `Import it with Latchkey ${state.version}, which exported it; this is ${version}.`;
  return new OperatorError("invalid_state", `It is not of this version: ${difference}. ${remedy}`);
}
