import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../clock/index.ts";
import { OperatorError } from "../../errors/index.ts";
import type { Database } from "../database.ts";
import {
  type AppliedMigrations,
  applyMigration,
  inTurn,
  isPending,
  type Migration,
  readApplied,
  sha256Of,
} from "./apply-migration.ts";

const ownMigrations = join(import.meta.dirname, "../../../../migrations");

/** What owns the platform's own migrations; no resource has this name. */
export const platformName = "platform";

/**
 * Brings the database to the newest schema, each migration in its own transaction; processes that start at once take
 * turns.
 *
 * Migrations this version does not know are left alone: they only add, so that two versions can serve together.
 * Throws `unreleased_database` when a version before the first release made the database, `migration_changed` when
 * an applied file was edited, `migration_failed` when one cannot be applied, `migration_blocked` when another session
 * keeps a lock for minutes.
 *
 * @param directory of the SQL files; default: those of this package
 * @returns the names of the migrations applied now
 */
export async function migrate(
  database: Database,
  clock: Clock,
  directory: string = ownMigrations,
): Promise<string[]> {
  const known = readMigrations(directory);
  const { engine } = database;
  const applied: string[] = [];
  for (const migration of known) {
    await inTurn(database, async (trx) => {
      const earlier = await readApplied(trx, engine, platformName);
      refuseUnreleased(known[0], earlier);
      if (!isPending(migration, earlier, migration.name)) return;
      const place = { engine, owner: platformName, label: migration.name, now: clock.now() };
      await applyMigration(trx, migration, place);
      applied.push(migration.name);
    });
  }
  return applied;
}

/** The tables that the platform's own migrations create. */
export function platformTables(): ReadonlySet<string> {
  const created = readMigrations(ownMigrations).flatMap(({ sql }) =>
    Array.from(sql.matchAll(/^CREATE TABLE (\w+)/gm), ([, table = ""]) => table),
  );
  return new Set([...created, "migrations"]);
}

/** The first migration was edited in place until the first release, and never since. Throws `unreleased_database`. */
function refuseUnreleased(first: Migration | undefined, applied: AppliedMigrations): void {
  if (first === undefined || applied.size === 0 || applied.get(first.name) === sha256Of(first)) return;
  throw new OperatorError("unreleased_database");
}

function readMigrations(directory: string): Migration[] {
  const names = readdirSync(directory).filter((name) => /^\d{4}-[a-z-]+\.sql$/.test(name));
  return names.sort().map((name) => ({ name, sql: readFileSync(join(directory, name), "utf8") }));
}
