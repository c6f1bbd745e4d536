import { createHmac } from "node:crypto";
import {
  standardWebhookText,
  type WebhookClaims,
  type WebhookFormat,
  webhookLifetime,
  webhookSecretPrefix,
  webhookType,
  writeStandardWebhook,
  writeWebhookMessage,
} from "@latchkey/protocol";
import { isoTime } from "../../../infrastructure/clock/index.ts";
import { type AppSigningKey, signForApp } from "../../apps/index.ts";
import { type DeliveryWithEvent, requestHeaders } from "../deliveries/index.ts";

/** Keys and claims that sign one attempt. */
export interface SigningMaterial extends AppSigningKey {
  readonly format: WebhookFormat;
  /** Public URL of the platform. */
  readonly issuer: string;
  /** Id of this attempt. */
  readonly jti: string;
  /** Valid signing secrets of the webhook, newest first. */
  readonly secrets: readonly string[];
}

/** What a webhook says. */
export type WebhookContent = Pick<
  DeliveryWithEvent,
  | "app_id"
  | "event_id"
  | "event_type"
  | "identity"
  | "instance_id"
  | "occurred_at"
  | "payload"
  | "sequence"
  | "webhook_id"
>;

/** Body and headers of one attempt. */
export interface SignedRequest {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Signs one attempt. Each attempt is signed separately, because the signatures of an earlier one have expired. */
export async function signedRequest(
  delivery: WebhookContent,
  material: SigningMaterial,
  now: number,
): Promise<SignedRequest> {
  const { format, secrets } = material;
  const timestamp = Math.floor(now / 1_000);
  const body = format === "json" ? jsonBody(delivery) : await jwtBody(delivery, material, timestamp);
  const text = standardWebhookText(delivery.event_id, timestamp, body);
  return {
    body,
    headers: {
      ...requestHeaders(delivery.event_id, format, now),
      "webhook-signature": secrets.map((secret) => `v1,${hmac(secret, text)}`).join(" "),
    },
  };
}

function jsonBody(delivery: WebhookContent): string {
  return writeStandardWebhook({
    type: delivery.event_type,
    timestamp: isoTime(delivery.occurred_at),
    appId: delivery.app_id,
    instanceId: delivery.instance_id,
    sequence: delivery.sequence,
    webhookId: delivery.webhook_id,
    identity: delivery.identity,
    data: delivery.payload,
  });
}

/** The JWT of wire §4.2. */
async function jwtBody(delivery: WebhookContent, material: SigningMaterial, iat: number): Promise<string> {
  const claims: WebhookClaims = {
    iss: material.issuer,
    aud: delivery.app_id,
    iat,
    exp: iat + webhookLifetime,
    jti: material.jti,
    event_id: delivery.event_id,
    toe: Math.floor(delivery.occurred_at / 1_000),
    ...(delivery.sequence === null ? {} : { sequence: delivery.sequence }),
    data: writeWebhookMessage({
      eventType: delivery.event_type,
      instanceId: delivery.instance_id,
      payload: delivery.payload,
      ...(delivery.identity === null ? {} : { identity: delivery.identity }),
      webhookId: delivery.webhook_id,
    }),
  };
  return await signForApp(claims, webhookType, material);
}

function hmac(secret: string, text: string): string {
  const key = Buffer.from(secret.slice(webhookSecretPrefix.length), "base64");
  return createHmac("sha256", key).update(text).digest("base64");
}
