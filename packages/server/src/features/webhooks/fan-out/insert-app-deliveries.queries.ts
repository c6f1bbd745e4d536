import type { Ids, Write } from "../../../infrastructure/database/index.ts";
import { newDelivery } from "../deliveries/index.ts";
import type { PendingEvent } from "./pending-events.queries.ts";
import type { SubscribedWebhook } from "./recipients.queries.ts";

/**
 * Inserts the deliveries of an event about an app on a site where it has no instance. They have no instance and no sequence,
 * and are sent in no order.
 */
export async function insertAppDeliveries(
  trx: Write,
  { event_id, event_type }: PendingEvent,
  { ids, now, webhooks }: { ids: Ids; now: number; webhooks: readonly SubscribedWebhook[] },
): Promise<void> {
  if (webhooks.length === 0) return;
  const rows = webhooks.map(({ app_id, webhook_id }) => {
    const row = { delivery_id: ids.ordered(), event_id, webhook_id, app_id, instance_id: null, event_type };
    return newDelivery(row, now);
  });
  await trx.insertInto("deliveries").values(rows).execute();
}
