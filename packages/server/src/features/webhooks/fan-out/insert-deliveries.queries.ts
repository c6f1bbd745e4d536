import type { DeliveriesTable, Ids, Write } from "../../../infrastructure/database/index.ts";
import type { Metrics } from "../../../infrastructure/observability/index.ts";
import type { EventType } from "../../events/index.ts";
import { newDelivery } from "../deliveries/index.ts";
import { isPublishedByPlatform } from "../publishing/index.ts";
import { takeSequences } from "./instance-sequences.queries.ts";
import type { PendingEvent } from "./pending-events.queries.ts";
import type { PendingLimits } from "./pending-limits.ts";
import type { Recipients, Subscribers } from "./recipients.queries.ts";

const appInstalled: EventType = "AppInstalled";
const rowsPerInsert = 500;

export interface InsertContext {
  readonly ids: Ids;
  readonly metrics: Pick<Metrics, "quotaExceeded">;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly pendingLimits: PendingLimits;
  /** Who receives the events. */
  readonly recipients: Recipients;
  /** No further event begins after this many deliveries. */
  readonly maxDeliveries: number;
}

interface Handled {
  readonly event: PendingEvent;
  readonly subscribers: Subscribers;
}

/**
 * Inserts the deliveries of events with the same recipients, one for each webhook of each recipient. Each instance gets
 * the events under its next sequences, in order. Deliveries to an instance whose `AppInstalled` has not been attempted are
 * blocked.
 *
 * @returns the number of handled events, and of deliveries
 */
export async function insertDeliveries(
  trx: Write,
  events: readonly PendingEvent[],
  context: InsertContext,
): Promise<{ events: number; deliveries: number }> {
  const { maxDeliveries, recipients } = context;
  const handled: Handled[] = [];
  let deliveries = 0;
  for (const event of events) {
    if (deliveries >= maxDeliveries) break;
    const subscribers = await recipients.subscribersTo(event.event_type);
    handled.push({ event, subscribers });
    for (const webhooks of subscribers.values()) deliveries += webhooks.length;
  }
  const rows = deliveries === 0 ? [] : await deliveriesOf(trx, handled, context);
  for (let start = 0; start < rows.length; start += rowsPerInsert) {
    await trx
      .insertInto("deliveries")
      .values(rows.slice(start, start + rowsPerInsert))
      .onConflict((conflict) => conflict.columns(["event_id", "webhook_id", "instance_id"]).doNothing())
      .execute();
  }
  return { events: handled.length, deliveries };
}

async function deliveriesOf(
  trx: Write,
  handled: readonly Handled[],
  { ids, metrics, now, pendingLimits, recipients }: InsertContext,
): Promise<DeliveriesTable[]> {
  const instances = handled.flatMap(({ subscribers }) => [...subscribers.keys()]);
  const sequences = await takeSequences(trx, countsOf(instances.map((instance) => instance.instance_id)));
  const blocked = await recipients.blockedInstances();
  await pendingLimits.prepare(
    trx,
    handled.flatMap(({ subscribers }) => [...subscribers.values()].flat()),
  );
  const rows: DeliveriesTable[] = [];
  for (const { event, subscribers } of handled) {
    const { event_id, event_type } = event;
    const isInstalled = event_type === appInstalled;
    for (const [{ app_id, instance_id }, webhooks] of subscribers) {
      const sequence = sequences.get(instance_id) ?? 1;
      sequences.set(instance_id, sequence + 1);
      const status = blocked.has(instance_id) && !isInstalled ? "blocked" : "pending";
      for (const webhook of webhooks) {
        const { paused_at, webhook_id } = webhook;
        const row = { delivery_id: ids.ordered(), event_id, webhook_id, app_id, instance_id, event_type };
        const ordered = paused_at === null ? 0 : 1;
        // A paused webhook blocks no other delivery.
        const blocks_until_attempted = isInstalled && paused_at === null ? 1 : 0;
        const waits = newDelivery({ ...row, sequence, status, ordered, blocks_until_attempted }, now);
        const accepted = pendingLimits.take(webhook) || isPublishedByPlatform(event_type);
        rows.push(accepted ? waits : refusedDelivery(waits, now));
        if (!accepted) metrics.quotaExceeded.inc({ quota: "pending_deliveries" });
      }
    }
  }
  return rows;
}

/** A delivery without attempts, because its webhook has too many pending ones. It can be replayed. */
function refusedDelivery(delivery: DeliveriesTable, now: number): DeliveriesTable {
  return { ...delivery, status: "failed", ended_at: now, next_attempt_at: null, ordered: 0 };
}

function countsOf(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
