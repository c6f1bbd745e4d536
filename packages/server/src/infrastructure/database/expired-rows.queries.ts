import { sql } from "kysely";
import type { Step, Write } from "./database.ts";
import { lowestIdAt } from "./ids.ts";

/** The id of each table whose rows have `expires_at`, with an index by it, and are deleted after that time. */
const idOf = {
  account_sessions: "session_id",
  install_links: "link_id",
  install_requests: "request_id",
  jobs: "job_id",
  legacy_codes: "digest",
  legacy_install_tokens: "digest",
  portal_links: "link_id",
  revoked_tokens: "jti",
  used_challenges: "challenge",
} as const;

/** Returns a step of maintenance that deletes rows that expired at `before` (epoch milliseconds) or earlier. */
export function deleteExpired(table: keyof typeof idOf, before: number): Step {
  const id = sql.ref(idOf[table]);
  return async (trx, { limit }) => {
    const { rows } = await sql<{ id: string }>`select ${id} as id from ${sql.table(table)}
      where expires_at <= ${before} order by expires_at limit ${limit}`.execute(trx);
    const ids = rows.map((row) => row.id);
    if (ids.length > 0) {
      await sql`delete from ${sql.table(table)} where ${id} in (${sql.join(ids)})`.execute(trx);
    }
    return ids.length < limit ? undefined : "";
  };
}

/** Returns a function that deletes the oldest entries of a log from before `before` (epoch milliseconds), by their ids. */
export function deleteEntries(
  log: "audit" | "token_log",
): (trx: Write, page: { before: number; limit: number }) => Promise<string | undefined> {
  return async (trx, { before, limit }) => {
    const old = await trx
      .selectFrom(log)
      .select("entry_id")
      .where("entry_id", "<", lowestIdAt(before))
      .orderBy("entry_id")
      .limit(limit)
      .execute();
    const ids = old.map((row) => row.entry_id);
    if (ids.length > 0) await trx.deleteFrom(log).where("entry_id", "in", ids).execute();
    return ids.length < limit ? undefined : "";
  };
}
