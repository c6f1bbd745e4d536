import {
  type AccountSessionsTable,
  type AccountsTable,
  type Database,
  listParameter,
  prepareQuery,
  type Queries,
  type Write,
} from "../../../infrastructure/database/index.ts";
import { type Page, pageAfter } from "../../../infrastructure/management/index.ts";

/** A session with its account, and the generation of the platform now. */
export interface FoundSession extends AccountsTable, Omit<AccountSessionsTable, "created_at" | "digest"> {
  readonly platform_gen: number;
}

/**
 * Prepares a query that finds the session with one of `digests`, also when it has expired.
 *
 * @param digestCount number of digests of a presented secret: one for each master key
 */
export function prepareFindSession(
  database: Database,
  digestCount: number,
): (digests: readonly string[]) => Promise<FoundSession | undefined> {
  const digest = listParameter("digest", digestCount);
  const find = prepareQuery<FoundSession, string>(
    database,
    (db, parameter) =>
      db
        .selectFrom("account_sessions as s")
        .innerJoin("accounts as a", "a.account_id", "s.account_id")
        .innerJoin("platform as p", (join) => join.onTrue())
        .selectAll("a")
        .select(["s.session_id", "s.gen", "s.used_at", "s.expires_at", "s.ends_at", "p.gen as platform_gen"])
        .where("s.digest", "in", digest.names.map(parameter<string>)),
    { isCached: () => true },
  );
  return async (digests) => (await find(digest.values(digests)))[0];
}

/** Inserts a session of the current generation of the platform. */
export async function insertSession(trx: Write, session: Omit<AccountSessionsTable, "gen">): Promise<void> {
  const { gen } = await trx.selectFrom("platform").select("gen").executeTakeFirstOrThrow();
  await trx
    .insertInto("account_sessions")
    .values({ ...session, gen })
    .execute();
}

/** Stores the last use of a session, and when it ends without another one. */
export async function updateSessionUse(
  trx: Write,
  { sessionId, ...use }: { sessionId: string; used_at: number; expires_at: number },
): Promise<void> {
  await trx.updateTable("account_sessions").set(use).where("session_id", "=", sessionId).execute();
}

/** One page of the sessions of an account that have not expired, the newest last. */
export async function listSessions(
  db: Queries,
  { accountId, now, ...page }: Page & { accountId: string; now: number },
): Promise<AccountSessionsTable[]> {
  const sessions = db
    .selectFrom("account_sessions")
    .selectAll()
    .where("account_id", "=", accountId)
    .where("expires_at", ">", now);
  return await pageAfter(sessions, "session_id", page).execute();
}

/** Ends a session of an account. Returns whether it existed. */
export async function deleteSession(
  trx: Write,
  { accountId, sessionId }: { accountId: string; sessionId: string },
): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom("account_sessions")
    .where("session_id", "=", sessionId)
    .where("account_id", "=", accountId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Ends the sessions of an account except one. Returns how many ended. */
export async function deleteSessions(
  trx: Write,
  { accountId, except }: { accountId: string; except?: string | undefined },
): Promise<number> {
  let sessions = trx.deleteFrom("account_sessions").where("account_id", "=", accountId);
  if (except !== undefined) sessions = sessions.where("session_id", "!=", except);
  return Number((await sessions.executeTakeFirst()).numDeletedRows);
}

/** Ends all sessions of an account but the `kept` newest ones. */
export async function deleteOldSessions(trx: Write, accountId: string, kept: number): Promise<void> {
  const oldest = await trx
    .selectFrom("account_sessions")
    .select("session_id")
    .where("account_id", "=", accountId)
    .orderBy("session_id", "desc")
    .offset(kept - 1)
    .limit(1)
    .executeTakeFirst();
  if (oldest === undefined) return;
  await trx
    .deleteFrom("account_sessions")
    .where("account_id", "=", accountId)
    .where("session_id", "<", oldest.session_id)
    .execute();
}
