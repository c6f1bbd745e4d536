import type { DeliveriesTable, Write } from "../../../infrastructure/database/index.ts";

/** Which deliveries of a subscription are sent again. */
export interface ReplayFilter {
  readonly webhookId: string;
  readonly statuses: readonly DeliveriesTable["status"][];
  readonly instanceId?: string | undefined;
  readonly fromSequence?: number | undefined;
  readonly toSequence?: number | undefined;
  /** Epoch milliseconds: made at or after. */
  readonly from?: number | undefined;
  /** Epoch milliseconds: made at or before. */
  readonly to?: number | undefined;
}

/** How many deliveries one call queues at most, so that no transaction takes long. */
const mostAtOnce = 10_000;
const idsPerUpdate = 1_000;

/**
 * Queues deliveries anew: those of one instance go one after another, by sequence. What is being sent is left alone,
 * and so is what waits in such a queue already.
 *
 * @returns how many, and whether the call has left some for another
 */
export async function replay(
  trx: Write,
  filter: ReplayFilter,
  { dryRun, now }: { dryRun: boolean; now: number },
): Promise<{ deliveries: number; more: boolean }> {
  const found = await find(trx, filter);
  const ids = found.slice(0, mostAtOnce).map((row) => row.delivery_id);
  for (let start = 0; start < ids.length && !dryRun; start += idsPerUpdate) {
    await queueAnew(trx, ids.slice(start, start + idsPerUpdate), { ordered: true, now });
  }
  return { deliveries: ids.length, more: found.length > mostAtOnce };
}

/** Begins the attempts of deliveries once more, from now on. */
export async function queueAnew(
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
    .limit(mostAtOnce + 1);
  if (instanceId !== undefined) select = select.where("instance_id", "=", instanceId);
  if (fromSequence !== undefined) select = select.where("sequence", ">=", fromSequence);
  if (toSequence !== undefined) select = select.where("sequence", "<=", toSequence);
  if (from !== undefined) select = select.where("created_at", ">=", from);
  if (to !== undefined) select = select.where("created_at", "<=", to);
  return await select.execute();
}
