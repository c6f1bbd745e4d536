import type { Ids, Write } from "../../../infrastructure/database/index.ts";
import type { EventType } from "../../events/index.ts";
import { newDelivery } from "../deliveries/index.ts";
import { takeSequences } from "./instance-sequences.queries.ts";
import type { PendingEvent } from "./pending-events.queries.ts";
import type { Recipients, Subscribers } from "./recipients.queries.ts";

const appInstalled: EventType = "AppInstalled";
const rowsPerInsert = 500;

export interface InsertContext {
  readonly ids: Ids;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Who receives the events. */
  readonly recipients: Recipients;
  /** No further event begins after this many deliveries. */
  readonly maxDeliveries: number;
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
  { ids, maxDeliveries, now, recipients }: InsertContext,
): Promise<{ events: number; deliveries: number }> {
  const handled: { event: PendingEvent; subscribers: Subscribers }[] = [];
  const eventsOf = new Map<string, number>();
  let deliveries = 0;
  for (const event of events) {
    if (deliveries >= maxDeliveries) break;
    const subscribers = await recipients.subscribersTo(event.event_type);
    handled.push({ event, subscribers });
    for (const [{ instance_id }, webhooks] of subscribers) {
      eventsOf.set(instance_id, (eventsOf.get(instance_id) ?? 0) + 1);
      deliveries += webhooks.length;
    }
  }
  if (deliveries === 0) return { events: handled.length, deliveries };
  const sequences = await takeSequences(trx, eventsOf);
  const blocked = await recipients.blockedInstances();
  const rows = handled.flatMap(({ event: { event_id, event_type }, subscribers }) =>
    Array.from(subscribers).flatMap(([{ app_id, instance_id }, webhooks]) => {
      const sequence = sequences.get(instance_id) ?? 1;
      sequences.set(instance_id, sequence + 1);
      const isInstalled = event_type === appInstalled;
      const status = blocked.has(instance_id) && !isInstalled ? "blocked" : "pending";
      return webhooks.map(({ paused_at, webhook_id }) => {
        const row = { delivery_id: ids.ordered(), event_id, webhook_id, app_id, instance_id, event_type };
        const ordered = paused_at === null ? 0 : 1;
        // A paused webhook blocks no other delivery.
        const blocks_until_attempted = isInstalled && paused_at === null ? 1 : 0;
        return newDelivery({ ...row, sequence, status, ordered, blocks_until_attempted }, now);
      });
    }),
  );
  for (let start = 0; start < rows.length; start += rowsPerInsert) {
    await trx
      .insertInto("deliveries")
      .values(rows.slice(start, start + rowsPerInsert))
      .onConflict((conflict) => conflict.columns(["event_id", "webhook_id", "instance_id"]).doNothing())
      .execute();
  }
  return { events: handled.length, deliveries };
}
