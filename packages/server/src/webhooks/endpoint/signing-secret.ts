import { WEBHOOK_SECRET_PREFIX } from "@latchkey/protocol";
import { days } from "../../clock/index.ts";
import type { RandomBytes, WebhooksTable } from "../../db/index.ts";
import type { Vault } from "../../keys/index.ts";

/** How long a secret signs on after another took its place, in milliseconds. */
export const oldSecretLife: number = days(1);

const secretBytes = 32;

/** Makes the secret of a subscription, in the form that Standard Webhooks libraries take. */
export function newSigningSecret(random: RandomBytes): string {
  return WEBHOOK_SECRET_PREFIX + Buffer.from(random(secretBytes)).toString("base64");
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

/** The secrets that sign at `now`, the newest first. */
export function openSigningSecrets(vault: Vault, row: SealedSecrets, now: number): string[] {
  const { old_secret_until: until, sealed_old_secret: old, sealed_secret: newest } = row;
  const live = old !== null && until !== null && until > now ? [newest, old] : [newest];
  return live.map((sealed) => vault.unseal(sealed, signingSecretContext(row.webhook_id)));
}
