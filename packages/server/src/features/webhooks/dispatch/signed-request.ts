import { createHmac } from "node:crypto";
import {
  standardWebhookText,
  type WebhookClaims,
  webhookLifetime,
  webhookSecretPrefix,
  webhookType,
  writeWebhookMessage,
} from "@latchkey/protocol";
import { type AppSigningKey, signForApp } from "../../apps/index.ts";
import { type DeliveryWithEvent, requestHeaders } from "../deliveries/index.ts";

/** Keys and claims that sign one attempt. */
export interface SigningMaterial extends AppSigningKey {
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

/** Body and headers of one attempt. Each attempt is signed separately, because the JWT of an earlier one has expired (wire §4.2). */
export async function signedRequest(
  delivery: WebhookContent,
  material: SigningMaterial,
  now: number,
): Promise<{ body: string; headers: Record<string, string> }> {
  const iat = Math.floor(now / 1_000);
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
  const body = await signForApp(claims, webhookType, material);
  const text = standardWebhookText(delivery.event_id, iat, body);
  return {
    body,
    headers: {
      ...requestHeaders(delivery.event_id, now),
      "webhook-signature": material.secrets.map((secret) => `v1,${hmac(secret, text)}`).join(" "),
    },
  };
}

function hmac(secret: string, text: string): string {
  const key = Buffer.from(secret.slice(webhookSecretPrefix.length), "base64");
  return createHmac("sha256", key).update(text).digest("base64");
}
