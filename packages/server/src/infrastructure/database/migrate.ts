import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import type { Clock } from "../clock/index.ts";
import { OperatorError } from "../errors/index.ts";
import type { Database, Write } from "./database.ts";

const ownMigrations = join(import.meta.dirname, "../../../migrations");
// Any constant, the same in every process of every version.
const advisoryLock = 6_172_304_117;

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sha256: string;
  readonly text: string;
}

/**
 * Brings the database to the newest schema in one transaction; processes that start at once do it one after another.
 *
 * Migrations this version does not know are left alone: they only add, so that two versions can serve together.
 * Throws `unreleased_database` when a version before the first release made the database, `migration_changed` when
 * an applied file was edited, `migration_failed` when one cannot be applied.
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
  return await database.writeUnhurried(async (trx) => {
    if (database.engine === "postgres") {
      // A role may have a limit of its own, and another process may migrate for long.
      await sql`set local statement_timeout = 0`.execute(trx);
      await sql`select pg_advisory_xact_lock(${advisoryLock})`.execute(trx);
    }
    await sql`create table if not exists migrations (
      number integer primary key, name text not null, sha256 text not null, applied_at bigint not null)`.execute(
      trx,
    );
    const rows = await sql<{ number: number; sha256: string }>`select number, sha256 from migrations`.execute(
      trx,
    );
    const applied = new Map(rows.rows.map((row) => [row.number, row.sha256]));
    const pending = known.filter((migration) => isPending(migration, applied.get(migration.number)));
    for (const migration of pending) await apply(trx, migration, { database, now: clock.now() });
    return pending.map((migration) => migration.name);
  });
}

function isPending(migration: Migration, appliedSha256: string | undefined): boolean {
  if (appliedSha256 === undefined) return true;
  if (appliedSha256 === migration.sha256) return false;
  // The first migration was edited in place until the first release, and never since.
  if (migration.number === 1) throw new OperatorError("unreleased_database");
  throw new OperatorError("migration_changed", migration.name);
}

async function apply(
  trx: Write,
  migration: Migration,
  context: { database: Database; now: number },
): Promise<void> {
  const text =
    context.database.engine === "postgres"
      ? migration.text.replaceAll("COLLATE BINARY", 'COLLATE "C"')
      : migration.text;
  try {
    for (const statement of statementsOf(text)) await sql.raw(statement).execute(trx);
    await sql`insert into migrations (number, name, sha256, applied_at)
      values (${migration.number}, ${migration.name}, ${migration.sha256}, ${context.now})`.execute(trx);
  } catch (error) {
    throw new OperatorError("migration_failed", migration.name, { cause: error });
  }
}

function statementsOf(text: string): string[] {
  const withoutComments = text.replaceAll(/^\s*--.*$/gm, "");
  return withoutComments.split(/;\s*$/m).filter((statement) => statement.trim() !== "");
}

function readMigrations(directory: string): Migration[] {
  const names = readdirSync(directory).filter((name) => /^\d{4}-[a-z-]+\.sql$/.test(name));
  return names.sort().map((name) => {
    // A checkout on Windows may have other line ends, and is the same migration.
    const text = readFileSync(join(directory, name), "utf8").replaceAll("\r\n", "\n");
    const sha256 = createHash("sha256").update(text).digest("hex");
    return { number: Number(name.slice(0, 4)), name, sha256, text };
  });
}
