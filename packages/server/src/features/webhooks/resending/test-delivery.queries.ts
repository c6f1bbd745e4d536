import type { DeliveriesTable, Ids, WebhooksTable, Write } from "../../../infrastructure/database/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import type { EventLog } from "../../events/index.ts";
import { readInstance } from "../../instances/index.ts";
import { newDelivery } from "../deliveries/index.ts";
import { type EventSamples, samplePayload } from "./sample-payloads.ts";

/** Inserts a test event with one delivery, to a webhook. Throws `INSTANCE_NOT_FOUND`. */
export async function insertTestDelivery(
  trx: Write,
  { events, ids, samples }: { events: EventLog; ids: Ids; samples: EventSamples },
  test: { webhook: WebhooksTable; instanceId: string | undefined; now: number },
): Promise<DeliveriesTable> {
  const { app_id, event_type, webhook_id } = test.webhook;
  const instance = test.instanceId === undefined ? undefined : await readInstance(trx, test.instanceId);
  if (instance !== undefined && instance.appId !== app_id) throw new ApiError("INSTANCE_NOT_FOUND");
  const event_id = ids.ordered();
  await events.append(trx, [
    {
      eventId: event_id,
      eventType: event_type,
      appId: app_id,
      siteId: instance?.siteId ?? "",
      ...(instance === undefined ? {} : { instanceId: instance.instanceId }),
      payload: samplePayload(event_type, { appId: app_id, samples }),
      fannedOut: true,
    },
  ]);
  const instance_id = instance?.instanceId ?? null;
  const row = { delivery_id: ids.ordered(), event_id, webhook_id, app_id, instance_id, event_type };
  const delivery = newDelivery(row, test.now);
  await trx.insertInto("deliveries").values(delivery).execute();
  return delivery;
}
