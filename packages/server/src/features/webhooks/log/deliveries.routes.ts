import { z } from "zod";
import { isoTime } from "../../../infrastructure/clock/index.ts";
import type { DeliveriesTable, DeliveryAttemptsTable } from "../../../infrastructure/database/index.ts";
import { list, type ManagementRoute, read, requireOwnApp } from "../../../infrastructure/management/index.ts";
import { guid, text, time } from "../../../infrastructure/routes/index.ts";
import { listAttempts, listDeliveries, readDelivery } from "./deliveries.queries.ts";

const tag = "Deliveries";

const status = z.enum(["waiting", "pending", "delivered", "failed", "canceled"]).meta({
  description: "waiting: for the AppInstalled of its instance. failed: no attempt is left; replay it",
});

/** A delivery as the API shows it. */
export interface DeliveryAnswer {
  readonly deliveryId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly webhookId: string;
  readonly appId: string;
  readonly instanceId: string | null;
  readonly sequence: number | null;
  readonly status: DeliveriesTable["status"];
  readonly attempts: number;
  readonly sending: boolean;
  readonly nextAttemptAt: string | null;
  readonly createdAt: string;
  readonly endedAt: string | null;
}

const deliveryFields = {
  deliveryId: z.guid(),
  eventId: z.guid(),
  eventType: z.string(),
  webhookId: z.guid(),
  appId: z.guid(),
  instanceId: z.guid().nullable().meta({ description: "Null for a test" }),
  sequence: z.int().nullable().meta({ description: "Position among all that the instance is told" }),
  status,
  attempts: z.int(),
  sending: z.boolean().meta({ description: "Whether an attempt is under way" }),
  nextAttemptAt: time.nullable(),
  createdAt: time,
  endedAt: time.nullable(),
};

export const deliveryItem: z.ZodType<DeliveryAnswer, DeliveryAnswer> = z
  .object(deliveryFields)
  .meta({ id: "Delivery", description: "An event on its way to one subscription of one instance" });

const attemptAnswer = z
  .object({
    attempt: z.int(),
    startedAt: time,
    durationMs: z.int(),
    outcome: z.string().meta({ description: "delivered, or why not, such as wrong_status or timeout" }),
    status: z.int().nullable().meta({ description: "HTTP status of the answer" }),
    response: z.string().nullable().meta({ description: "The beginning of the answer's body" }),
    detail: z.string().nullable().meta({ description: "Why it failed, for people" }),
  })
  .meta({ id: "DeliveryAttempt", description: "One HTTP try" });

const deliveryAnswer = z
  .object({
    ...deliveryFields,
    payload: z.record(z.string(), z.unknown()).meta({ description: "What is delivered" }),
    identity: z.record(z.string(), z.unknown()).nullable().meta({ description: "Who caused it" }),
    occurredAt: time,
    log: z.array(attemptAnswer).meta({ description: "The last 100 attempts, oldest first" }),
  })
  .meta({ id: "DeliveryDetails", description: "A delivery with what it carries and every attempt" });

/** Reading of deliveries and their attempts. */
export function deliveryRoutes(): readonly ManagementRoute[] {
  return [
    list({
      path: "/deliveries",
      tag,
      operationId: "listDeliveries",
      summary: "List deliveries, newest first; they are kept for 30 days",
      scope: "deliveries:read",
      servesBoundKeys: true,
      filters: z.strictObject({
        ...{ appId: guid.optional(), instanceId: guid.optional(), webhookId: guid.optional() },
        ...{ eventId: guid.optional(), eventType: text(150).optional(), status: status.optional() },
      }),
      item: deliveryItem,
      async find({ db, filters, page, principal }) {
        const filter = { ...filters, appId: filters.appId ?? principal.appId };
        return await listDeliveries(db, filter, { before: page.after || undefined, limit: page.limit });
      },
      position: (delivery) => delivery.delivery_id,
      show: showDelivery,
    }),
    read({
      path: "/deliveries/{deliveryId}",
      tag,
      operationId: "getDelivery",
      summary: "Read a delivery with its payload and every attempt",
      scope: "deliveries:read",
      servesBoundKeys: true,
      errors: ["DELIVERY_NOT_FOUND"],
      answer: deliveryAnswer,
      async handle({ db, ids, principal }) {
        const delivery = await readDelivery(db, ids.deliveryId);
        requireOwnApp(principal, delivery.app_id, "DELIVERY_NOT_FOUND");
        return {
          ...showDelivery(delivery),
          payload: JSON.parse(delivery.payload),
          identity: delivery.identity === null ? null : JSON.parse(delivery.identity),
          occurredAt: isoTime(delivery.occurred_at),
          log: (await listAttempts(db, ids.deliveryId)).map(showAttempt),
        };
      },
    }),
  ];
}

export function showDelivery(delivery: DeliveriesTable): DeliveryAnswer {
  const sending = delivery.leased_until !== null;
  const next = sending || delivery.status !== "pending" ? null : delivery.next_attempt_at;
  return {
    deliveryId: delivery.delivery_id,
    eventId: delivery.event_id,
    eventType: delivery.event_type,
    webhookId: delivery.webhook_id,
    appId: delivery.app_id,
    instanceId: delivery.instance_id,
    sequence: delivery.sequence,
    status: delivery.status,
    attempts: delivery.attempts,
    sending,
    nextAttemptAt: next === null ? null : isoTime(next),
    createdAt: isoTime(delivery.created_at),
    endedAt: delivery.ended_at === null ? null : isoTime(delivery.ended_at),
  };
}

function showAttempt(attempt: DeliveryAttemptsTable): z.input<typeof attemptAnswer> {
  return {
    attempt: attempt.attempt,
    startedAt: isoTime(attempt.started_at),
    durationMs: attempt.duration_ms,
    outcome: attempt.outcome,
    status: attempt.status,
    response: attempt.response,
    detail: attempt.detail,
  };
}
