import type { Queries, TokenLogTable, Write } from "../db/index.ts";

/** Refused token requests, newest first. */
export async function listTokenLog(
  db: Queries,
  query: {
    appId?: string | undefined;
    requestId?: string | undefined;
    before?: string | undefined;
    limit: number;
  },
): Promise<TokenLogTable[]> {
  let select = db.selectFrom("token_log").selectAll().orderBy("entry_id", "desc").limit(query.limit);
  if (query.appId !== undefined) select = select.where("app_id", "=", query.appId);
  if (query.requestId !== undefined) select = select.where("request_id", "=", query.requestId);
  if (query.before !== undefined) select = select.where("entry_id", "<", query.before);
  return await select.execute();
}

/** Forgets entries older than `before` (epoch milliseconds). */
export async function pruneTokenLog(trx: Write, before: number): Promise<void> {
  await trx.deleteFrom("token_log").where("occurred_at", "<", before).execute();
}
