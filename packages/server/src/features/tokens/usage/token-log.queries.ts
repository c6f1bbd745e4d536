import { sql } from "kysely";
import { hours } from "../../../infrastructure/clock/index.ts";
import {
  lowestIdAt,
  type Queries,
  type TokenLogTable,
  type Write,
} from "../../../infrastructure/database/index.ts";
import {
  type FoundPage,
  findNewest,
  type ListFilters,
  type NewestFirst,
  type Page,
} from "../../../infrastructure/management/index.ts";

/** Returns the start of the hour of a time, both in epoch milliseconds. */
export function hourOf(at: number): number {
  return at - (at % hours(1));
}

const entries: NewestFirst = {
  id: "entry_id",
  filters: { appId: "app_id", instanceId: "instance_id", kind: "kind", reason: "reason" },
  indexes: [["instanceId"], ["appId"]],
};

/** Returns entries of the token log, newest first: those with a request from `since` to before `until`. */
export async function listTokenLog(
  db: Queries,
  { requestId, ...filters }: ListFilters & { requestId?: string | undefined },
  page: Page,
): Promise<FoundPage<TokenLogTable>> {
  const source = requestId === undefined ? "token_log" : withRequest(db, requestId).as("token_log");
  let rows = db.selectFrom(source).selectAll();
  const { since } = filters;
  if (since === undefined) return await findNewest(db, rows, { list: entries, filters, page });
  // An entry has the id of its first request, and requests of the same hour.
  rows = rows.where("last_at", ">=", since);
  return await findNewest(db, rows, {
    list: entries,
    filters: { ...filters, since: hourOf(since) },
    page,
  });
}

/**
 * Each part uses an index of its own: with `or`, PostgreSQL may read the whole table in the order of the list. A request is
 * in few entries; the limit keeps PostgreSQL from applying other filters first, with an index of many rows.
 */
function withRequest(db: Queries, requestId: string) {
  const entries = db.selectFrom("token_log").selectAll();
  return entries
    .where("first_request_id", "=", requestId)
    .union(entries.where("last_request_id", "=", requestId))
    .limit(100);
}

/** Refused requests of an app with the same route and reason. */
export interface RefusedGroup {
  readonly route: string;
  readonly reason: string;
  readonly kind: TokenLogTable["kind"];
  readonly requests: number;
  readonly last_at: number;
}

/** Counts the refused requests of an app since a time by route and reason: up to 100 groups, the largest first. */
export async function groupTokenLog(
  db: Queries,
  { appId, since }: { appId: string; since: number },
): Promise<RefusedGroup[]> {
  const newest = db
    .selectFrom("token_log")
    .select(["route", "reason", "kind", "requests", "last_at"])
    .where("app_id", "=", appId)
    .where("entry_id", ">=", lowestIdAt(hourOf(since)))
    .where("last_at", ">=", since)
    .orderBy("entry_id", "desc")
    .limit(maxEntriesPerApp);
  return await db
    .selectFrom(newest.as("newest"))
    .select((eb) => [
      ...(["route", "reason", "kind"] as const),
      sql<number>`cast(sum(requests) as bigint)`.as("requests"),
      eb.fn.max("last_at").as("last_at"),
    ])
    .groupBy(["route", "reason", "kind"])
    .orderBy("requests", "desc")
    .orderBy("route")
    .orderBy("reason")
    .limit(100)
    .execute();
}

/** Older entries of an app are deleted, to bound the disk. */
const maxEntriesPerApp = 10_000;

/** Adds requests of one app to its entries, and deletes its oldest entries above the limit. */
export async function appendTokenLog(trx: Write, entries: readonly TokenLogTable[]): Promise<void> {
  const [first] = entries;
  if (first === undefined) return;
  await trx
    .insertInto("token_log")
    .values(entries)
    .onConflict((conflict) =>
      conflict.columns(["app_id", "hour", "instance_id", "route", "reason"]).doUpdateSet((eb) => ({
        requests: eb("token_log.requests", "+", eb.ref("excluded.requests")),
        last_at: eb.ref("excluded.last_at"),
        last_request_id: eb.ref("excluded.last_request_id"),
      })),
    )
    .execute();
  const oldestKept = await trx
    .selectFrom("token_log")
    .select("entry_id")
    .where("app_id", "=", first.app_id)
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
