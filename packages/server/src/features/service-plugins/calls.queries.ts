import {
  lowestIdAt,
  type Page,
  type Queries,
  type ServicePluginCallsTable,
  type Write,
} from "../../infrastructure/database/index.ts";
import type { RowsAboveQuota } from "../apps/index.ts";

export async function insertCalls(trx: Write, calls: readonly ServicePluginCallsTable[]): Promise<void> {
  await trx
    .insertInto("service_plugin_calls")
    .values(calls)
    // A batch is inserted again when the connection broke before its commit was confirmed.
    .onConflict((conflict) => conflict.column("call_id").doNothing())
    .execute();
}

/** Criteria of a list of calls; absent ones match all. */
export interface CallFilters {
  readonly appId?: string | undefined;
  readonly siteId?: string | undefined;
  readonly requestId?: string | undefined;
  readonly componentType?: string | undefined;
  readonly outcome?: string | undefined;
}

/** Calls, newest first, with ids before `after`; all when it is empty. */
export async function listCalls(
  db: Queries,
  query: CallFilters & { after: string; limit: number },
): Promise<ServicePluginCallsTable[]> {
  const { after, appId, componentType, limit, outcome, requestId, siteId } = query;
  let select = db.selectFrom("service_plugin_calls").selectAll().orderBy("call_id", "desc").limit(limit);
  if (after !== "") select = select.where("call_id", "<", after);
  if (appId !== undefined) select = select.where("app_id", "=", appId);
  if (siteId !== undefined) select = select.where("site_id", "=", siteId);
  if (requestId !== undefined) select = select.where("request_id", "=", requestId);
  if (componentType !== undefined) select = select.where("component_type", "=", componentType);
  if (outcome !== undefined) select = select.where("outcome", "=", outcome);
  return await select.execute();
}

/**
 * Deletes calls that started before `before` (epoch milliseconds) or are above the quota of their app. Looks at up to
 * `limit` calls.
 */
export async function pruneCalls(
  trx: Write,
  { above, after, before, limit }: Page & { before: number; above: RowsAboveQuota },
): Promise<string | undefined> {
  const expired = lowestIdAt(before);
  const oldest = await trx
    .selectFrom("service_plugin_calls")
    .select(["call_id", "app_id"])
    .where("call_id", ">", after)
    .where("call_id", "<=", [expired, ...above.values()].sort().at(-1) ?? "")
    .orderBy("call_id")
    .limit(limit)
    .execute();
  const ids = oldest
    .filter(({ app_id, call_id }) => call_id < expired || call_id <= (above.get(app_id) ?? ""))
    .map((row) => row.call_id);
  if (ids.length > 0) await trx.deleteFrom("service_plugin_calls").where("call_id", "in", ids).execute();
  return oldest.length < limit ? undefined : oldest.at(-1)?.call_id;
}
