import type { DeliveriesTable, Write } from "../../../infrastructure/database/index.ts";

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

/** Makes deliveries due now, with a new retry schedule. Skips those that are in flight. */
export async function requeue(
  trx: Write,
  deliveryIds: readonly string[],
  { ordered, now }: { ordered: boolean; now: number },
): Promise<void> {
  await trx
    .updateTable("deliveries")
    .set((eb) => ({
      ...{ status: "pending" as const, next_attempt_at: now, ended_at: null },
      ...{ attempt_offset: eb.ref("attempts"), ordered: ordered ? 1 : 0 },
    }))
    .where("delivery_id", "in", deliveryIds)
    .where("leased_until", "is", null)
    .execute();
}

async function find(trx: Write, filter: ReplayFilter): Promise<{ delivery_id: string }[]> {
  const { from, fromSequence, instanceId, statuses, to, toSequence, webhookId } = filter;
  let select = trx
    .selectFrom("deliveries")
    .select("delivery_id")
    .where("webhook_id", "=", webhookId)
    .where("status", "in", statuses)
    .where("ordered", "=", 0)
    .where("leased_until", "is", null)
    .orderBy("delivery_id")
    .limit(maxPerCall + 1);
  if (instanceId !== undefined) select = select.where("instance_id", "=", instanceId);
  if (fromSequence !== undefined) select = select.where("sequence", ">=", fromSequence);
  if (toSequence !== undefined) select = select.where("sequence", "<=", toSequence);
  if (from !== undefined) select = select.where("created_at", ">=", from);
  if (to !== undefined) select = select.where("created_at", "<=", to);
  return await select.execute();
}
