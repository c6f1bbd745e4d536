import type { Ids, Write } from "../../../infrastructure/database/index.ts";
import type { EventType } from "../../events/index.ts";
import { newDelivery } from "../deliveries/index.ts";
import { nextSequences } from "./instance-sequences.queries.ts";
import type { PendingEvent } from "./pending-events.queries.ts";
import type { Recipients } from "./recipients.queries.ts";

const appInstalled: EventType = "AppInstalled";
const rowsPerInsert = 500;

/**
 * Inserts an event's deliveries, one for each webhook of each recipient. Each instance gets the event under its next
 * sequence. Deliveries to an instance whose `AppInstalled` has not been attempted are blocked.
 *
 * @returns the number of deliveries
 */
export async function insertDeliveries(
  trx: Write,
  { event_id, event_type }: PendingEvent,
  { ids, now, recipients }: { recipients: Recipients; ids: Ids; now: number },
): Promise<number> {
  const subscribers = await recipients.subscribersTo(event_type);
  if (subscribers.size === 0) return 0;
  const instanceIds = [...subscribers.keys()].map((instance) => instance.instance_id);
  const sequences = await nextSequences(trx, instanceIds);
  const isInstalled = event_type === appInstalled;
  const blocked = isInstalled ? new Set<string>() : await recipients.blockedInstances();
  const rows = Array.from(subscribers).flatMap(([{ app_id, instance_id }, webhooks]) => {
    const sequence = sequences.get(instance_id) ?? null;
    const status = blocked.has(instance_id) ? "blocked" : "pending";
    return webhooks.map(({ paused_at, webhook_id }) => {
      const row = { delivery_id: ids.ordered(), event_id, webhook_id, app_id, instance_id, event_type };
      const ordered = paused_at === null ? 0 : 1;
      // A paused webhook blocks no other delivery.
      const blocks_until_attempted = isInstalled && paused_at === null ? 1 : 0;
      return newDelivery({ ...row, sequence, status, ordered, blocks_until_attempted }, now);
    });
  });
  for (let start = 0; start < rows.length; start += rowsPerInsert) {
    await trx
      .insertInto("deliveries")
      .values(rows.slice(start, start + rowsPerInsert))
      .onConflict((conflict) => conflict.columns(["event_id", "webhook_id", "instance_id"]).doNothing())
      .execute();
  }
  return rows.length;
}
