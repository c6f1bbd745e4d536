import { parseIsoTime, systemClock } from "../infrastructure/clock/index.ts";
import type { State, StateTarget } from "../wiring/development/index.ts";
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

/** Stores a state in a new database. Throws `invalid_state`, `wrong_encryption_key`. */
export async function importTestState(target: StateTarget, state: State): Promise<void> {
  const { importIntoDatabase } = await import("../wiring/development/index.ts");
  await importIntoDatabase(target, state);
}

/** The initial time with a state: the real time, or that of the export when it is later, because its clock was moved. */
export function timeAfter(state: State | undefined): number {
  return Math.max(systemClock.now(), parseIsoTime(String(state?.exportedAt)) ?? 0);
}
