import { createHmac, type KeyObject, sign } from "node:crypto";
import {
  standardWebhookText,
  WEBHOOK_LIFETIME,
  WEBHOOK_SECRET_PREFIX,
  WEBHOOK_TYPE,
  type WebhookClaims,
  writeWebhookMessage,
} from "@latchkey/protocol";
import type { ClaimedDelivery } from "./claim.store.ts";

/** What an attempt is signed with. */
export interface SigningMaterial {
  /** The platform. */
  readonly issuer: string;
  /** Names this attempt. */
  readonly jti: string;
  readonly appId: string;
  readonly webhookId: string;
  readonly kid: string;
  readonly privateKey: KeyObject;
  /** Signing secrets of the subscription, the newest first. */
  readonly secrets: readonly string[];
}

/** The request of one attempt: signed anew each time, so that a retry days later is fresh (wire §4.2). */
export async function signedRequest(
  delivery: ClaimedDelivery,
  material: SigningMaterial,
  now: number,
): Promise<{ body: string; headers: Record<string, string> }> {
  const iat = Math.floor(now / 1_000);
  const claims: WebhookClaims = {
    iss: material.issuer,
    aud: material.appId,
    iat,
    exp: iat + WEBHOOK_LIFETIME,
    jti: material.jti,
    event_id: delivery.event_id,
    toe: Math.floor(delivery.occurred_at / 1_000),
    ...(delivery.sequence === null ? {} : { sequence: delivery.sequence }),
    data: writeWebhookMessage({
      eventType: delivery.event_type,
      instanceId: delivery.instance_id,
      payload: delivery.payload,
      ...(delivery.identity === null ? {} : { identity: delivery.identity }),
      webhookId: material.webhookId,
    }),
  };
  const body = await signRs256(claims, material);
  const signature = material.secrets.map(
    (secret) => `v1,${hmac(secret, standardWebhookText(delivery.event_id, iat, body))}`,
  );
  return {
    body,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "user-agent": "Latchkey-Webhooks",
      "webhook-id": delivery.event_id,
      "webhook-timestamp": String(iat),
      "webhook-signature": signature.join(" "),
    },
  };
}

/** In the thread pool: one signature takes about a millisecond of a core. */
function signRs256(claims: WebhookClaims, key: { kid: string; privateKey: KeyObject }): Promise<string> {
  const text = `${encode({ alg: "RS256", typ: WEBHOOK_TYPE, kid: key.kid })}.${encode(claims)}`;
  return new Promise((resolve, reject) => {
    sign("sha256", Buffer.from(text), key.privateKey, (error, signature) => {
      if (error === null) resolve(`${text}.${signature.toString("base64url")}`);
      else reject(error);
    });
  });
}

function hmac(secret: string, text: string): string {
  const key = Buffer.from(secret.slice(WEBHOOK_SECRET_PREFIX.length), "base64");
  return createHmac("sha256", key).update(text).digest("base64");
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
