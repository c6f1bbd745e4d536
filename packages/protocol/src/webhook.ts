import { isJsonObject, type JsonObject, parseStrictObject } from "./strict-json.ts";

/** The `typ` header of the JWT of a webhook. */
export const webhookType = "webhook+jwt";

/** The prefix of the signing secret of a subscription; standard base64 follows (Standard Webhooks). */
export const webhookSecretPrefix = "whsec_";

/** The lifetime of the JWT of one attempt, in seconds. */
export const webhookLifetime = 300;

/** The format of the body of a webhook: the JWT of wire §4.2, or the JSON of Standard Webhooks. */
export type WebhookFormat = "jwt" | "json";

/** The content of a webhook. */
export interface WebhookMessage {
  readonly eventType: string;
  /** The ID of the instance that the event is about; null for a test without an instance. */
  readonly instanceId: string | null;
  /** The event, as JSON text. */
  readonly payload: string;
  /** The caller that caused the event, as JSON text. */
  readonly identity?: string;
  /** The account that the event is about (wire §4.2). */
  readonly accountInfo?: JsonObject;
  /** The ID of the subscription. */
  readonly webhookId?: string;
}

/**
 * The claims of the JWT of a webhook: registered claims of RFC 7519 and RFC 8417, and the message as a string in
 * `data` (wire §4.2).
 */
export interface WebhookClaims {
  readonly iss: string;
  readonly aud: string;
  /** Epoch seconds. */
  readonly iat: number;
  /** Epoch seconds. */
  readonly exp: number;
  /** The ID of the attempt. */
  readonly jti: string;
  /** The ID of the event. It is the same for all attempts and replays. */
  readonly event_id: string;
  /** The time of the event, in epoch seconds (RFC 8417 section 2.2). */
  readonly toe: number;
  /**
   * The position among all events of the instance; absent for a test. A missing number means that a delivery is still
   * to come.
   */
  readonly sequence?: number;
  readonly data: string;
}

/** Formats the `data` claim of a webhook. */
export function writeWebhookMessage(message: WebhookMessage): string {
  const { eventType, identity, instanceId, payload: data, webhookId } = message;
  return JSON.stringify({
    data,
    instanceId,
    eventType,
    ...(identity === undefined ? {} : { identity }),
    ...(webhookId === undefined ? {} : { webhookId }),
  });
}

/**
 * Parses the `data` claim of a webhook.
 *
 * @returns undefined when the text is not a webhook message
 */
export function readWebhookMessage(text: string): WebhookMessage | undefined {
  const message = parseStrictObject(text);
  if (message === undefined) return undefined;
  const { accountInfo, data, eventType, identity, instanceId = null, webhookId } = message;
  const hasEvent = typeof eventType === "string" && eventType !== "" && typeof data === "string";
  const validInstance = instanceId === null || (typeof instanceId === "string" && instanceId !== "");
  if (!hasEvent || !validInstance) return undefined;
  return {
    eventType,
    instanceId: instanceId as string | null,
    payload: data,
    ...(typeof identity === "string" ? { identity } : {}),
    ...(isJsonObject(accountInfo) ? { accountInfo } : {}),
    ...(typeof webhookId === "string" ? { webhookId } : {}),
  };
}

/**
 * The body of a webhook with the format `json`: the payload of Standard Webhooks, and what else a receiver needs to know.
 * The header `webhook-id` has the ID of the event.
 */
export interface StandardWebhook {
  /** The event type. */
  readonly type: string;
  /** The time of the event (ISO 8601). */
  readonly timestamp: string;
  readonly appId: string;
  /** The ID of the instance that the event is about; null for a test without an instance. */
  readonly instanceId: string | null;
  /** The position among all events of the instance; null for a test. */
  readonly sequence: number | null;
  /** The ID of the subscription. */
  readonly webhookId: string;
  /** The caller that caused the event; null when it is not known. */
  readonly identity: JsonObject | null;
  /** The event. */
  readonly data: JsonObject;
}

/** Formats the body of a webhook with the format `json`. `identity` and `data` are JSON text, and stay as they are. */
export function writeStandardWebhook({
  data,
  identity,
  ...fields
}: Omit<StandardWebhook, "data" | "identity"> & {
  readonly data: string;
  readonly identity: string | null;
}): string {
  return `${JSON.stringify(fields).slice(0, -1)},"identity":${identity},"data":${data}}`;
}

/** The text that a Standard Webhooks signature covers. */
export function standardWebhookText(id: string, timestamp: number, body: string): string {
  return `${id}.${timestamp}.${body}`;
}
