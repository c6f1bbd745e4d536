import { createHash } from "node:crypto";
import { sql } from "kysely";
import { OperatorError } from "../../errors/index.ts";
import type { Database, Write } from "../database.ts";
import { hasSqlState } from "../database-errors.ts";

// A constant that is the same in every version.
const advisoryLock = 6_172_304_117;

/** One migration: SQL for both databases, statements separated by `;` at the end of a line. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** The applied migrations of the platform or of one resource: their SHA-256 by their names. */
export type AppliedMigrations = ReadonlyMap<string, string>;

/**
 * How long a statement of a migration waits for a lock on PostgreSQL. Meanwhile, writes to the table wait for the
 * statement.
 */
const lockTimeout = "2s";

/** SQLSTATE of a statement that waited for a lock too long. */
const lockNotAvailable = "55P03";

/** Maximum attempts of a migration, one second apart, while another session holds a lock. */
const defaultAttempts = 100;

export interface MigrationOptions {
  /** Default 100. */
  readonly attempts?: number;
  /** Called with a text for people each time a migration waits for a lock. */
  readonly report?: (text: string) => void;
}

/**
 * Runs `work` in a transaction without timeouts that holds the migration lock.
 *
 * On PostgreSQL a statement waits at most 2 seconds for a lock. Then the transaction is rolled back, so that
 * queued writes continue, and starts again a second later. Throws `migration_blocked` after the last attempt.
 */
export async function withMigrationLock<T>(
  database: Database,
  work: (trx: Write) => Promise<T>,
  { attempts = defaultAttempts, report = () => {} }: MigrationOptions = {},
): Promise<T> {
  if (database.engine === "sqlite") return await database.writeWithoutTimeouts(work);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.writeWithoutTimeouts(async (trx) => {
        // The role may have a timeout, and another process may hold the lock for long.
        await sql`set local statement_timeout = 0`.execute(trx);
        await sql`select pg_advisory_xact_lock(${advisoryLock})`.execute(trx);
        await sql`set local lock_timeout = ${sql.lit(lockTimeout)}`.execute(trx);
        return await work(trx);
      });
    } catch (error) {
      const blocked = error instanceof OperatorError && error.code === "migration_blocked";
      if (!blocked || attempt >= attempts) throw error;
      report(`${error.message} Attempt ${attempt} of ${attempts}.`);
      await sql`select pg_sleep(1)`.execute(database.read);
    }
  }
}

/** Reads which migrations of an owner are applied. Throws `unreleased_database`. */
export async function readApplied(
  trx: Write,
  engine: Database["engine"],
  owner: string,
): Promise<AppliedMigrations> {
  await execute(
    trx,
    `CREATE TABLE IF NOT EXISTS migrations (
  resource TEXT COLLATE BINARY NOT NULL,
  name TEXT COLLATE BINARY NOT NULL,
  sha256 TEXT NOT NULL,
  applied_at BIGINT NOT NULL,
  PRIMARY KEY (resource, name))`,
    { engine, label: "migrations" },
  );
  const { rows } = await sql<{ resource?: string; name: string; sha256: string }>`
    select * from migrations`.execute(trx);
  // Databases from before the first release have no such column.
  if (rows.some(({ resource }) => resource === undefined)) throw new OperatorError("unreleased_database");
  return new Map(rows.filter(({ resource }) => resource === owner).map(({ name, sha256 }) => [name, sha256]));
}

/**
 * Whether a migration is not applied yet. Throws `migration_changed`.
 *
 * @param label names the migration in the error
 */
export function isPending(migration: Migration, applied: AppliedMigrations, label: string): boolean {
  const sha256 = applied.get(migration.name);
  if (sha256 === undefined) return true;
  if (sha256 === sha256Of(migration)) return false;
  throw new OperatorError("migration_changed", label);
}

/**
 * Applies a migration and records it. Throws `migration_failed` or `migration_blocked`, naming the statement.
 *
 * @param context.label names the migration in the error
 */
export async function applyMigration(
  trx: Write,
  migration: Migration,
  context: { engine: Database["engine"]; owner: string; label: string; now: number },
): Promise<void> {
  for (const statement of statementsOf(migration.sql)) await execute(trx, statement, context);
  await sql`insert into migrations (resource, name, sha256, applied_at)
    values (${context.owner}, ${migration.name}, ${sha256Of(migration)}, ${context.now})`.execute(trx);
}

async function execute(
  trx: Write,
  statement: string,
  { engine, label }: { engine: Database["engine"]; label: string },
): Promise<void> {
  try {
    await sql.raw(forEngine(engine, statement)).execute(trx);
  } catch (error) {
    const code = hasSqlState(error, lockNotAvailable) ? "migration_blocked" : "migration_failed";
    throw new OperatorError(code, `${label}: ${excerpt(statement)}`, { cause: error });
  }
}

/** SHA-256 of a migration with normalized line ends. */
export function sha256Of({ sql }: Migration): string {
  return createHash("sha256").update(sql.replaceAll("\r\n", "\n")).digest("hex");
}

/** Replaces `COLLATE BINARY` by its equivalent in PostgreSQL. */
function forEngine(engine: Database["engine"], text: string): string {
  return engine === "postgres" ? text.replaceAll("COLLATE BINARY", 'COLLATE "C"') : text;
}

function statementsOf(text: string): string[] {
  const withoutComments = text.replaceAll(/^\s*--.*$/gm, "");
  return withoutComments.split(/;\s*$/m).filter((statement) => statement.trim() !== "");
}

const excerptLength = 200;

function excerpt(statement: string): string {
  const line = statement.trim().replaceAll(/\s+/g, " ");
  return line.length > excerptLength ? `${line.slice(0, excerptLength)}…` : line;
}
