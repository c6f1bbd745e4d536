import { sql } from "kysely";
import { OperatorError } from "../../errors/index.ts";
import type { Database, Write } from "../database.ts";

const key = "6172, hashtext(current_schema())";

/** Each server on PostgreSQL runs this once on a connection that it keeps. It never waits. */
export const markServer: string = `select pg_try_advisory_lock_shared(${key})`;

/** Throws `database_in_use` while a server uses the database. SQLite locks its directory instead. */
export async function requireNoServer({ engine }: Database, trx: Write): Promise<void> {
  if (engine === "sqlite") return;
  const { rows } = await sql<{ free: boolean }>`
    select pg_try_advisory_xact_lock(${sql.raw(key)}) as free`.execute(trx);
  if (rows[0]?.free !== true) throw new OperatorError("database_in_use");
}
