import { webhookSecretPrefix } from "@latchkey/protocol";
import { createCache } from "../../../infrastructure/cache/index.ts";
import { days } from "../../../infrastructure/clock/index.ts";
import type { Vault } from "../../../infrastructure/crypto/index.ts";
import type { RandomBytes, WebhooksTable } from "../../../infrastructure/database/index.ts";

/** How long the previous secret still signs after a rotation, in milliseconds. */
export const previousSecretLifetime: number = days(1);

const secretBytes = 32;

/** Creates a signing secret in the format of Standard Webhooks. */
export function newSigningSecret(random: RandomBytes): string {
  return webhookSecretPrefix + Buffer.from(random(secretBytes)).toString("base64");
}

/** The context under which a signing secret is sealed; it binds the value to its row. */
export function signingSecretContext(webhookId: string): string {
  return `webhook-secret ${webhookId}`;
}

/** Unseals the secrets of a webhook that sign at `now` (epoch milliseconds), newest first. */
export type OpenSecrets = (webhook: WebhooksTable, now: number) => string[];

const maxCachedSecrets = 10_000;

/** Caches unsealed secrets by their sealed value. */
export function createSecretOpener(vault: Vault): OpenSecrets {
  const opened = createCache<string, string>({ maxEntries: maxCachedSecrets });
  return ({ previous_secret_expires_at, sealed_previous_secret, sealed_secret, webhook_id }, now) => {
    const signing = [sealed_secret];
    const isPreviousValid = previous_secret_expires_at !== null && previous_secret_expires_at > now;
    if (isPreviousValid && sealed_previous_secret !== null) signing.push(sealed_previous_secret);
    return signing.map((sealed) =>
      opened.getOrCreate(sealed, () => vault.unseal(sealed, signingSecretContext(webhook_id))),
    );
  };
}
