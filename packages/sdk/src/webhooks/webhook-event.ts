import { type Identity, type JsonObject, readWebhookMessage } from "@latchkey/protocol";
import { parseObject } from "../http/json.ts";
import { invalidDelivery } from "../keys/invalid-delivery.ts";

/** A verified webhook. */
export interface WebhookEvent<Payload = JsonObject> {
  readonly eventType: string;
  /** The ID of the instance that the event is about; empty for a test without an instance. */
  readonly instanceId: string;
  readonly payload: Payload;
  readonly identity?: Identity | undefined;
  readonly accountInfo?: JsonObject | undefined;
  /** The ID of the event, the same for all deliveries; absent if the platform does not send one. */
  readonly eventId?: string;
  /** The position among all events of the instance for this app. */
  readonly sequence?: number;
  readonly occurredAt?: Date;
  /** The ID of the subscription. */
  readonly webhookId?: string;
}

/**
 * Reads the event from verified claims.
 *
 * @throws {LatchkeyError} `invalid_delivery`
 */
export function readEvent(claims: JsonObject): WebhookEvent {
  const { data, event_id, sequence, toe } = claims;
  const message = typeof data === "string" ? readWebhookMessage(data) : undefined;
  const payload = message === undefined ? undefined : parseObject(message.payload);
  if (message === undefined || payload === undefined) {
    throw invalidDelivery({ what: "webhook" }, "malformed", "does not contain an event");
  }
  const identity = message.identity === undefined ? undefined : parseObject(message.identity);
  const eventId = typeof event_id === "string" ? event_id : idInEnvelope(payload);
  return {
    eventType: message.eventType,
    instanceId: message.instanceId ?? "",
    payload,
    identity: identity as Identity | undefined,
    accountInfo: message.accountInfo,
    ...(eventId === undefined ? {} : { eventId }),
    ...(typeof sequence === "number" ? { sequence } : {}),
    ...(typeof toe === "number" ? { occurredAt: new Date(toe * 1_000) } : {}),
    ...(message.webhookId === undefined ? {} : { webhookId: message.webhookId }),
  };
}

/** Reads the stable ID in the envelope of a domain event (wire §4.4). */
function idInEnvelope({ entityFqdn, id }: JsonObject): string | undefined {
  return typeof entityFqdn === "string" && typeof id === "string" ? id : undefined;
}
