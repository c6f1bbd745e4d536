import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../clock/index.ts";
import { OperatorError } from "../../errors/index.ts";
import type { Database } from "../database.ts";
import {
  type AppliedMigrations,
  applyMigration,
  isPending,
  type Migration,
  type MigrationOptions,
  readApplied,
  sha256Of,
  withMigrationLock,
} from "./apply-migration.ts";

const ownMigrations = join(import.meta.dirname, "../../../../migrations");

/** Owner of the migrations of the platform. No resource may have this name. */
export const platformName = "platform";

/**
 * Migrates the database, each migration in its own transaction. Processes that start at once take turns. Applied
 * migrations that this version does not have are ignored, so that two versions can run on one database.
 *
 * Throws `unreleased_database` when a version before the first release created the database, `migration_changed` when
 * an applied file was edited, `migration_failed`, and `migration_blocked` when another session holds a lock for minutes.
 *
 * @param options.directory of the SQL files; default: those of this package
 * @returns the names of the applied migrations
 */
export async function migrate(
  database: Database,
  clock: Clock,
  options: MigrationOptions & { directory?: string } = {},
): Promise<string[]> {
  const migrations = readMigrations(options.directory ?? ownMigrations);
  const { engine } = database;
  const applied: string[] = [];
  for (const migration of migrations) {
    await withMigrationLock(
      database,
      async (trx) => {
        const earlier = await readApplied(trx, engine, platformName);
        refuseUnreleased(migrations[0], earlier);
        const label = migration.name;
        if (!isPending(migration, earlier, label)) return;
        await applyMigration(trx, migration, { engine, owner: platformName, label, now: clock.now() });
        applied.push(label);
      },
      options,
    );
  }
  return applied;
}

/** The tables that the migrations of the platform create. */
export function platformTables(): ReadonlySet<string> {
  const created = readMigrations(ownMigrations).flatMap(({ sql }) =>
    Array.from(sql.matchAll(/^CREATE TABLE (\w+)/gm), ([, table = ""]) => table),
  );
  return new Set([...created, "migrations"]);
}

/** Throws `unreleased_database` when the first migration differs: it was edited until the first release. */
function refuseUnreleased(first: Migration | undefined, applied: AppliedMigrations): void {
  if (first === undefined || applied.size === 0 || applied.get(first.name) === sha256Of(first)) return;
  throw new OperatorError("unreleased_database");
}

function readMigrations(directory: string): Migration[] {
  const names = readdirSync(directory).filter((name) => /^\d{4}-[a-z-]+\.sql$/.test(name));
  return names.sort().map((name) => ({ name, sql: readFileSync(join(directory, name), "utf8") }));
}
