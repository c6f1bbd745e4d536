import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createManualClock, type ManualClock } from "../infrastructure/clock/index.ts";
import { type Database, migrate, openDatabase } from "../infrastructure/database/index.ts";
import { openTestSchema } from "./test-schema.ts";

/** Both databases of the server. Most tests run on each. */
export const engines = ["sqlite", "postgres"] as const;

/** A database for one test. */
export interface TestDatabase {
  readonly clock: ManualClock;
  readonly database: Database;
  readonly url: string;
  /** Closes and deletes the database. */
  remove(): Promise<void>;
}

/**
 * Creates a database for a test. Its clock shows 2026-01-02T03:04:05.678Z.
 *
 * @param options.migrated whether it has tables; default true
 */
export async function createTestDatabase(
  engine: (typeof engines)[number],
  options: { migrated?: boolean } = {},
): Promise<TestDatabase> {
  const { migrated = true } = options;
  const storage =
    engine === "postgres" ? await openTestSchema(migrated ? [] : undefined) : openTestDirectory();
  const clock = createManualClock(1_767_323_045_678);
  const database = openDatabase(storage.databaseUrl, () => {});
  if (migrated) await migrate(database, clock);
  return {
    clock,
    database,
    url: storage.databaseUrl,
    async remove() {
      await database.close();
      await storage.remove();
    },
  };
}

/** An empty directory for one SQLite database. */
export function openTestDirectory(): { directory: string; databaseUrl: string; remove(): Promise<void> } {
  const directory = mkdtempSync(join(tmpdir(), "latchkey-test-"));
  return {
    directory,
    databaseUrl: `sqlite:${directory}`,
    remove: async () => rmSync(directory, { recursive: true, force: true }),
  };
}
