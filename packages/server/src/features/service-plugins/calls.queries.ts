import {
  lowestIdAt,
  type Queries,
  type ServicePluginCallsTable,
  type Page as StepPage,
  type Write,
} from "../../infrastructure/database/index.ts";
import {
  type FoundPage,
  findNewest,
  type ListFilters,
  type NewestFirst,
  type Page,
} from "../../infrastructure/management/index.ts";
import type { RowsAboveQuota } from "../apps/index.ts";

export async function insertCalls(trx: Write, calls: readonly ServicePluginCallsTable[]): Promise<void> {
  await trx
    .insertInto("service_plugin_calls")
    .values(calls)
    // A batch is inserted again when the connection broke before its commit was confirmed.
    .onConflict((conflict) => conflict.column("call_id").doNothing())
    .execute();
}

const calls: NewestFirst = {
  id: "call_id",
  filters: {
    ...{ appId: "app_id", siteId: "site_id", requestId: "request_id" },
    ...{ componentType: "component_type", outcome: "outcome" },
  },
  indexes: [["requestId"], ["siteId"], ["appId"]],
};

/** Returns calls, newest first. */
export async function listCalls(
  db: Queries,
  filters: ListFilters,
  page: Page,
): Promise<FoundPage<ServicePluginCallsTable>> {
  const rows = db.selectFrom("service_plugin_calls").selectAll();
  return await findNewest(db, rows, { list: calls, filters, page });
}

/**
 * Deletes calls that started before `before` (epoch milliseconds) or are above the quota of their app. Looks at up to
 * `limit` calls.
 */
export async function pruneCalls(
  trx: Write,
  { above, after, before, limit }: StepPage & { before: number; above: RowsAboveQuota },
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
