import { parseStrictJson } from "./strict-json.ts";

/** The `typ` header of the JWT that a webhook delivers. */
export const WEBHOOK_TYPE = "webhook+jwt";

/** What the signing secret of a subscription begins with; standard base64 follows (Standard Webhooks). */
export const WEBHOOK_SECRET_PREFIX = "whsec_";

/** How long the JWT of one attempt is good for, in seconds. */
export const WEBHOOK_LIFETIME = 300;

/** What one webhook tells. */
export interface WebhookMessage {
  readonly eventType: string;
  /** The instance that hears it; null for a test that concerns none. */
  readonly instanceId: string | null;
  /** JSON text of what happened. */
  readonly payload: string;
  /** JSON text of who caused it. */
  readonly identity?: string;
  /** The subscription. */
  readonly webhookId?: string;
}

/** The claims of a webhook's JWT: those of RFC 7519 and 8417, and the message as a string in `data` (wire §4.2). */
export interface WebhookClaims {
  readonly iss: string;
  readonly aud: string;
  /** Epoch seconds. */
  readonly iat: number;
  /** Epoch seconds. */
  readonly exp: number;
  /** This attempt: another each time. */
  readonly jti: string;
  /** The event: the same on every attempt and after a replay. */
  readonly event_id: string;
  /** When it happened, in epoch seconds (RFC 8417 section 2.2). */
  readonly toe: number;
  /** Position among all that the instance is hasEvent; absent for a test. A number left out is a delivery still to come. */
  readonly sequence?: number;
  readonly data: string;
}

/** Writes the message as the text in the `data` claim. */
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
 * Reads the text of the `data` claim.
 *
 * @returns the message, or undefined when it is not one
 */
export function readWebhookMessage(text: string): WebhookMessage | undefined {
  const parsed = parseStrictJson(text);
  if ("fault" in parsed || typeof parsed.value !== "object" || parsed.value === null) return undefined;
  const { data, eventType, identity, instanceId = null, webhookId } = parsed.value as Record<string, unknown>;
  const hasEvent = typeof eventType === "string" && eventType !== "" && typeof data === "string";
  const validInstance = instanceId === null || (typeof instanceId === "string" && instanceId !== "");
  if (!hasEvent || !validInstance) return undefined;
  return {
    eventType,
    instanceId: instanceId as string | null,
    payload: data,
    ...(typeof identity === "string" ? { identity } : {}),
    ...(typeof webhookId === "string" ? { webhookId } : {}),
  };
}

/** The text that a Standard Webhooks signature is over. */
export function standardWebhookText(id: string, timestamp: number, body: string): string {
  return `${id}.${timestamp}.${body}`;
}
