import {
  lowestIdAt,
  type Queries,
  type ServicePluginCallsTable,
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
    ...{ appId: "app_id", siteId: "site_id", instanceId: "instance_id", requestId: "request_id" },
    ...{ componentType: "component_type", outcome: "outcome" },
  },
  indexes: [["requestId"], ["instanceId"], ["siteId"], ["appId"]],
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

/** Deletes up to `limit` calls that started before `before` (epoch milliseconds). */
export async function pruneCalls(
  trx: Write,
  { before, limit }: { before: number; limit: number },
): Promise<string | undefined> {
  return await deleteCalls(trx, callsUpTo(trx, lowestIdAt(before)), limit);
}

/** Deletes up to `limit` calls above the quota of an app. */
export async function pruneCallsAboveQuota(
  trx: Write,
  { after, appId, limit, newest }: RowsAboveQuota,
): Promise<string | undefined> {
  const old = callsUpTo(trx, newest).where("app_id", "=", appId).where("call_id", ">", after);
  return await deleteCalls(trx, old, limit);
}

// No id equals `lowestIdAt` of a time, so `<=` also means before that time.
function callsUpTo(trx: Write, newest: string) {
  return trx.selectFrom("service_plugin_calls").select("call_id").where("call_id", "<=", newest);
}

async function deleteCalls(
  trx: Write,
  old: ReturnType<typeof callsUpTo>,
  limit: number,
): Promise<string | undefined> {
  const rows = await old.orderBy("call_id").limit(limit).execute();
  const ids = rows.map((row) => row.call_id);
  if (ids.length > 0) await trx.deleteFrom("service_plugin_calls").where("call_id", "in", ids).execute();
  return ids.length < limit ? undefined : ids.at(-1);
}
