import { z } from "zod";
import { isoTime } from "../../../infrastructure/clock/index.ts";
import type { DeliveriesTable } from "../../../infrastructure/database/index.ts";
import {
  list,
  type ManagementRoute,
  read,
  requireOwnApp,
  timeFilters,
} from "../../../infrastructure/management/index.ts";
import { guid, type instant, text, time } from "../../../infrastructure/routes/index.ts";
import { listAttempts, readDelivery } from "./deliveries.queries.ts";
import { type AttemptSummary, listDeliveries } from "./list-deliveries.queries.ts";
import { requestHeaders } from "./request-headers.ts";

const tag = "Deliveries";

const status = z.enum(["blocked", "pending", "delivered", "failed", "canceled"]).meta({
  description:
    "blocked: until the first attempt of the AppInstalled of its instance has ended. failed: no attempt is left; replay it",
});

const httpStatus = z
  .string()
  .regex(/^[1-5]\d\d$/, "must be an HTTP status, such as 500")
  .transform(Number);

/** A delivery in responses of the management API. */
export interface DeliveryResponse {
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
  sequence: z.int().nullable().meta({ description: "Number of the event among all events of the instance" }),
  status,
  attempts: z.int(),
  sending: z.boolean().meta({ description: "Whether an attempt is in flight" }),
  nextAttemptAt: time.nullable(),
  createdAt: time,
  endedAt: time.nullable(),
};

export const deliveryItem: z.ZodType<DeliveryResponse, DeliveryResponse> = z
  .object(deliveryFields)
  .meta({ id: "Delivery", description: "An event on its way to one webhook of one instance" });

const attemptSummary = z
  .object({
    attempt: z.int(),
    startedAt: time,
    durationMs: z.int(),
    outcome: z
      .string()
      .meta({ description: "delivered, or the kind of failure, such as wrong_status or timeout" }),
    status: z.int().nullable().meta({ description: "HTTP status of the response" }),
    detail: z.string().nullable().meta({ description: "Why it failed, in words" }),
  })
  .meta({ id: "AttemptSummary", description: "One HTTP request, without the response body" });

const listedDelivery = z
  .object({
    ...deliveryFields,
    lastAttempt: attemptSummary.nullable().meta({ description: "Null before the first attempt" }),
  })
  .meta({ id: "ListedDelivery", description: "A delivery with its last attempt" });

const attemptResponse = attemptSummary
  .extend({
    requestHeaders: z.record(z.string(), z.string()).meta({
      description:
        "Headers of the request, without webhook-signature: neither it nor the signed body is stored",
    }),
    response: z.string().nullable().meta({ description: "The first 4,096 characters of the response body" }),
  })
  .meta({ id: "DeliveryAttempt", description: "One HTTP request" });

const deliveryResponse = z
  .object({
    ...deliveryFields,
    payload: z.record(z.string(), z.unknown()).meta({ description: "Payload of the event" }),
    identity: z.record(z.string(), z.unknown()).nullable().meta({ description: "Who caused the event" }),
    occurredAt: time,
    log: z.array(attemptResponse).meta({ description: "The last 100 attempts, oldest first" }),
  })
  .meta({ id: "DeliveryDetails", description: "A delivery with its event and attempts" });

/** Filters of the list of deliveries. */
export const deliveryFilters: z.ZodObject<
  Record<
    "appId" | "instanceId" | "webhookId" | "eventId" | "eventType" | "outcome",
    z.ZodOptional<z.ZodType<string, string>>
  > &
    Record<"since" | "until", z.ZodOptional<typeof instant>> & {
      status: z.ZodOptional<z.ZodType<DeliveriesTable["status"], DeliveriesTable["status"]>>;
      httpStatus: z.ZodOptional<z.ZodType<number, string>>;
    },
  z.core.$strict
> = z.strictObject({
  ...{ appId: guid.optional(), instanceId: guid.optional(), webhookId: guid.optional() },
  ...{ eventId: guid.optional(), eventType: text(150).optional(), status: status.optional() },
  outcome: text(50).optional().meta({ description: "Of the last attempt, such as timeout" }),
  httpStatus: httpStatus.optional().meta({ description: "Of the response to the last attempt" }),
  ...timeFilters,
});

/** Routes that list and read deliveries. */
export function deliveryRoutes(): readonly ManagementRoute[] {
  return [
    list({
      path: "/deliveries",
      tag,
      operationId: "listDeliveries",
      summary:
        "List deliveries, newest first; they are kept for 30 days after they ended, or as the settings of retention say",
      scope: "deliveries:read",
      accounts: ["app-developer"],
      portal: ["webhooks", "instances", "health", "logs"],
      servesBoundKeys: true,
      filters: deliveryFilters,
      item: listedDelivery,
      find: ({ db, filters, page, principal }) =>
        listDeliveries(db, { ...filters, appId: filters.appId ?? principal.appId }, page),
      position: ({ delivery }) => delivery.delivery_id,
      show: ({ delivery, lastAttempt }) => ({
        ...showDelivery(delivery),
        lastAttempt: lastAttempt === undefined ? null : showSummary(lastAttempt),
      }),
    }),
    read({
      path: "/deliveries/{deliveryId}",
      tag,
      operationId: "getDelivery",
      summary: "Read a delivery with its payload and attempts",
      scope: "deliveries:read",
      accounts: ["app-developer"],
      portal: ["webhooks", "instances", "health", "logs"],
      servesBoundKeys: true,
      errors: ["DELIVERY_NOT_FOUND"],
      response: deliveryResponse,
      async handle({ db, ids, principal }) {
        const delivery = await readDelivery(db, ids.deliveryId);
        requireOwnApp(principal, delivery.app_id, "DELIVERY_NOT_FOUND");
        return {
          ...showDelivery(delivery),
          payload: JSON.parse(delivery.payload),
          identity: delivery.identity === null ? null : JSON.parse(delivery.identity),
          occurredAt: isoTime(delivery.occurred_at),
          log: (await listAttempts(db, ids.deliveryId)).map((attempt) => ({
            ...showSummary(attempt),
            requestHeaders: requestHeaders(delivery.event_id, attempt.format, attempt.started_at),
            response: attempt.response,
          })),
        };
      },
    }),
  ];
}

export function showDelivery(delivery: DeliveriesTable): DeliveryResponse {
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

function showSummary(attempt: AttemptSummary): z.input<typeof attemptSummary> {
  return {
    attempt: attempt.attempt,
    startedAt: isoTime(attempt.started_at),
    durationMs: attempt.duration_ms,
    outcome: attempt.outcome,
    status: attempt.status,
    detail: attempt.detail,
  };
}
