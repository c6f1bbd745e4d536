import type { DeliveriesTable, Ids, WebhooksTable, Write } from "../../../infrastructure/database/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import type { EventLog } from "../../events/index.ts";
import { readInstance } from "../../instances/index.ts";
import { readDelivery } from "../deliveries/index.ts";
import { type EventSamples, samplePayload } from "./sample-payloads.ts";

/** Inserts a test event with one delivery, to a webhook. Throws `INSTANCE_NOT_FOUND`. */
export async function insertTestDelivery(
  trx: Write,
  { events, ids, samples }: { events: EventLog; ids: Ids; samples: EventSamples },
  test: { webhook: WebhooksTable; instanceId: string | undefined; now: number },
): Promise<DeliveriesTable> {
  const { instanceId, now, webhook } = test;
  const { app_id: appId, event_type: eventType, webhook_id } = webhook;
  const instance = instanceId === undefined ? undefined : await readInstance(trx, instanceId);
  if (instance !== undefined && instance.appId !== appId) throw new ApiError("INSTANCE_NOT_FOUND");
  const eventId = ids.ordered();
  const target =
    instance === undefined ? { siteId: "" } : { siteId: instance.siteId, instanceId: instance.instanceId };
  const payload = samplePayload(eventType, { appId, samples });
  await events.append(trx, [{ eventId, eventType, appId, ...target, payload, fannedOut: true }]);
  const deliveryId = ids.ordered();
  await trx
    .insertInto("deliveries")
    .values({
      ...{ delivery_id: deliveryId, event_id: eventId, webhook_id, app_id: appId },
      ...{ instance_id: instance?.instanceId ?? null, event_type: eventType, sequence: null },
      ...{ status: "pending", attempts: 0, attempt_offset: 0, next_attempt_at: now, leased_until: null },
      ...{ ordered: 0, blocks_until_attempted: 0, created_at: now, ended_at: null },
    })
    .execute();
  return await readDelivery(trx, deliveryId);
}
