import { webhookSecretPrefix } from "@latchkey/protocol";
import { createMemo } from "../../../infrastructure/cache/index.ts";
import { days } from "../../../infrastructure/clock/index.ts";
import type { Vault } from "../../../infrastructure/crypto/index.ts";
import type { RandomBytes, WebhooksTable } from "../../../infrastructure/database/index.ts";

/** How long a secret signs on after another took its place, in milliseconds. */
export const oldSecretLife: number = days(1);

const secretBytes = 32;

/** Makes the secret of a subscription, in the form that Standard Webhooks libraries take. */
export function newSigningSecret(random: RandomBytes): string {
  return webhookSecretPrefix + Buffer.from(random(secretBytes)).toString("base64");
}

/** Binds a sealed signing secret to its row. */
export function signingSecretContext(webhookId: string): string {
  return `webhook-secret ${webhookId}`;
}

/** What a subscription's secrets are kept in. */
export type SealedSecrets = Pick<
  WebhooksTable,
  "webhook_id" | "sealed_secret" | "sealed_old_secret" | "old_secret_until"
>;

/** Opens the secrets that sign at `now` (epoch milliseconds), the newest first. */
export type OpenSecrets = (row: SealedSecrets, now: number) => string[];

const keptSecrets = 10_000;

/** What was opened once is kept: a sealed value never stands for another secret. */
export function createSecretOpener(vault: Vault): OpenSecrets {
  const opened = createMemo<string, string>(keptSecrets);
  return ({ old_secret_until: until, sealed_old_secret: old, sealed_secret: newest, webhook_id }, now) => {
    const live = old !== null && until !== null && until > now ? [newest, old] : [newest];
    return live.map((sealed) => opened(sealed, () => vault.unseal(sealed, signingSecretContext(webhook_id))));
  };
}
