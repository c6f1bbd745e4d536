import type { Resource } from "../features/resources/index.ts";
import { type Clock, parseIsoTime, systemClock } from "../infrastructure/clock/index.ts";
import { openDatabase } from "../infrastructure/database/index.ts";
import { migrateAll } from "../wiring/bootstrap.ts";
import type { State } from "../wiring/development/index.ts";
import type { Platform } from "../wiring/platform.ts";

/** Reads everything that a platform has stored, with the key that its secrets are encrypted with. */
export async function exportTestState(
  { clock, database }: Pick<Platform, "clock" | "database">,
  encryptionKey: string,
): Promise<State> {
  const { exportState } = await import("../wiring/development/index.ts");
  const { tables, ...header } = await exportState({ clock, database });
  return { ...header, encryptionKey, tables };
}

/** Stores a state in a new database. Throws `invalid_state`. */
export async function importTestState(
  databaseUrl: string,
  state: State,
  { clock, resources = [] }: { clock: Clock; resources?: readonly Resource[] | undefined },
): Promise<void> {
  const { importState } = await import("../wiring/development/index.ts");
  const database = openDatabase(databaseUrl, () => {});
  try {
    await migrateAll({ clock, database }, resources);
    await importState(database, state);
  } finally {
    await database.close();
  }
}

/** The initial time with a state: the real time, or that of the export when it is later, because its clock was moved. */
export function timeAfter(state: State | undefined): number {
  return Math.max(systemClock.now(), parseIsoTime(String(state?.exportedAt)) ?? 0);
}
