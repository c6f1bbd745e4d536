import type { Queries, TokenLogTable, Write } from "../../../infrastructure/database/index.ts";
import { newestFirst, type Page } from "../../../infrastructure/management/index.ts";

/** Returns rejected token requests, newest first. */
export async function listTokenLog(
  db: Queries,
  { appId, requestId }: { appId?: string | undefined; requestId?: string | undefined },
  page: Page,
): Promise<TokenLogTable[]> {
  let select = newestFirst(db.selectFrom("token_log").selectAll(), "entry_id", page);
  if (appId !== undefined) select = select.where("app_id", "=", appId);
  if (requestId !== undefined) select = select.where("request_id", "=", requestId);
  return await select.execute();
}

/** Older entries of an app are deleted, to bound the disk. */
const maxEntriesPerApp = 10_000;

/** Adds entries of one app, oldest first, and deletes its oldest entries above the limit. */
export async function appendTokenLog(trx: Write, entries: readonly TokenLogTable[]): Promise<void> {
  const [first] = entries;
  if (first === undefined) return;
  await trx.insertInto("token_log").values(entries).execute();
  const ofApp = trx.selectFrom("token_log").where("app_id", "=", first.app_id);
  const oldestKept = await ofApp
    .select("entry_id")
    .orderBy("entry_id", "desc")
    .offset(maxEntriesPerApp - 1)
    .limit(1)
    .executeTakeFirst();
  if (oldestKept === undefined) return;
  await trx
    .deleteFrom("token_log")
    .where("app_id", "=", first.app_id)
    .where("entry_id", "<", oldestKept.entry_id)
    .execute();
}

/** Deletes at most `limit` entries older than `before` (epoch milliseconds). */
export async function pruneTokenLog(
  trx: Write,
  { before, limit }: { before: number; limit: number },
): Promise<string | undefined> {
  const old = await trx
    .selectFrom("token_log")
    .select("entry_id")
    .where("occurred_at", "<", before)
    .orderBy("occurred_at")
    .limit(limit)
    .execute();
  const ids = old.map((row) => row.entry_id);
  if (ids.length > 0) await trx.deleteFrom("token_log").where("entry_id", "in", ids).execute();
  return ids.length < limit ? undefined : "";
}
