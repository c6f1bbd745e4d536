import { type Expression, expressionBuilder, type SqlBool, sql } from "kysely";
import type { DeliveriesTable, Queries, Schema, Write } from "../../../infrastructure/database/index.ts";
import { type Selection, selectDeliveries } from "./list-deliveries.queries.ts";

/** Selects the deliveries of a webhook that a replay sends again. */
export interface ReplayFilter {
  readonly webhookId: string;
  readonly statuses: readonly DeliveriesTable["status"][];
  readonly instanceId?: string | undefined;
  readonly fromSequence?: number | undefined;
  readonly toSequence?: number | undefined;
  /** Created at or after this time, in epoch milliseconds. */
  readonly from?: number | undefined;
  /** Created at or before this time, in epoch milliseconds. */
  readonly to?: number | undefined;
}

/** Bounds the transaction of one call. */
const maxPerCall = 10_000;
const idsPerUpdate = 1_000;

/**
 * Requeues deliveries, ordered: those of one instance are sent one after another, by sequence. Skips deliveries that are
 * in flight or ordered already.
 *
 * @returns the number of deliveries, up to 10,000, and whether another call would find more
 */
export async function replay(
  trx: Write,
  filter: ReplayFilter,
  { dryRun, now }: { dryRun: boolean; now: number },
): Promise<{ deliveries: number; more: boolean }> {
  const found = await find(trx, filter);
  const ids = found.slice(0, maxPerCall).map((row) => row.delivery_id);
  for (let start = 0; start < ids.length && !dryRun; start += idsPerUpdate) {
    await requeue(trx, ids.slice(start, start + idsPerUpdate), { ordered: true, now });
  }
  return { deliveries: ids.length, more: found.length > maxPerCall };
}

/**
 * Makes deliveries due now, with a new retry schedule. Skips those that are in flight, and those that are in none of the
 * statuses meanwhile.
 *
 * @returns the number of deliveries
 */
export async function requeue(
  trx: Write,
  deliveryIds: readonly string[],
  { now, ordered, statuses }: { ordered: boolean; now: number; statuses?: ReplayFilter["statuses"] },
): Promise<number> {
  const result = await trx
    .updateTable("deliveries")
    .set((eb) => ({
      ...{ status: "pending" as const, next_attempt_at: now, ended_at: null },
      ...{ attempt_offset: eb.ref("attempts"), ordered: ordered ? 1 : 0 },
    }))
    .where("delivery_id", "in", deliveryIds)
    .where("leased_until", "is", null)
    // For a plain column PostgreSQL may read the partial index of all pending deliveries instead of the ids.
    .$if(statuses !== undefined, (update) => update.where(sql`status || ''`, "in", statuses ?? []))
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

async function find(trx: Write, filter: ReplayFilter): Promise<{ delivery_id: string }[]> {
  return await trx
    .selectFrom("deliveries")
    .select("delivery_id")
    .where("webhook_id", "=", filter.webhookId)
    .where((is) => is.and(replayConditions(filter)))
    .orderBy("delivery_id")
    .limit(maxPerCall + 1)
    .execute();
}

/** The deliveries of a webhook that a replay requeues, for `findOldest` and `countRows`. */
export function selectForReplay(
  db: Queries,
  filter: ReplayFilter & { appId?: string | undefined },
): Selection {
  const { appId, instanceId, webhookId } = filter;
  return selectDeliveries(db, { appId, instanceId, webhookId }, replayConditions(filter));
}

function replayConditions(filter: ReplayFilter): Expression<SqlBool>[] {
  const { from, fromSequence, instanceId, statuses, to, toSequence } = filter;
  const is = expressionBuilder<Schema, "deliveries">();
  return [
    is("status", "in", statuses),
    is("ordered", "=", 0),
    is("leased_until", "is", null),
    ...(instanceId === undefined ? [] : [is("instance_id", "=", instanceId)]),
    ...(fromSequence === undefined ? [] : [is("sequence", ">=", fromSequence)]),
    ...(toSequence === undefined ? [] : [is("sequence", "<=", toSequence)]),
    ...(from === undefined ? [] : [is("created_at", ">=", from)]),
    ...(to === undefined ? [] : [is("created_at", "<=", to)]),
  ];
}
