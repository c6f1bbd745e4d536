import type { Queries, WebhooksTable, Write } from "../../../infrastructure/database/index.ts";
import { replay } from "../deliveries/index.ts";
import { resumeWebhook } from "../endpoint-health/index.ts";

// An unconfirmed webhook is paused until its address is confirmed. An app confirms an address once, for all its webhooks.

/** An address of an app. */
export interface AppAddress {
  readonly appId: string;
  readonly url: string;
}

/** The columns of `webhooks` about the confirmation of the address. */
export type Confirmation = Pick<
  WebhooksTable,
  | "confirmation"
  | "confirmation_attempts"
  | "confirmation_attempted_at"
  | "confirmation_reason"
  | "confirmation_due_at"
>;

/** The confirmation of a webhook whose address is new. It is due at once unless the app has confirmed the address. */
export async function newConfirmation(
  trx: Write,
  address: AppAddress,
  { now, required }: { now: number; required: boolean },
): Promise<Confirmation> {
  const confirmation = !required
    ? "not_required"
    : (await hasConfirmed(trx, address))
      ? "confirmed"
      : "unconfirmed";
  return {
    ...{ confirmation, confirmation_attempts: 0, confirmation_attempted_at: null, confirmation_reason: null },
    confirmation_due_at: confirmation === "unconfirmed" ? now : null,
  };
}

async function hasConfirmed(trx: Write, { appId, url }: AppAddress): Promise<boolean> {
  const row = await trx
    .selectFrom("webhooks")
    .select("webhook_id")
    .where("app_id", "=", appId)
    .where("url", "=", url)
    .where("confirmation", "=", "confirmed")
    .where("deleted_at", "is", null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Makes the confirmation of an unconfirmed webhook due now, with a new schedule. */
export async function requestConfirmation(trx: Write, webhookId: string, now: number): Promise<void> {
  await trx
    .updateTable("webhooks")
    .set({ confirmation_attempts: 0, confirmation_due_at: now })
    .where("webhook_id", "=", webhookId)
    .where("confirmation", "=", "unconfirmed")
    .execute();
}

/** Whether any confirmation is due. */
export async function hasDueConfirmation(db: Queries, now: number): Promise<boolean> {
  return (await dueConfirmations(db, { limit: 1, now }).executeTakeFirst()) !== undefined;
}

/** Claims due confirmations: each is due again at the end of the lease, in case this process crashes. */
export async function claimConfirmations(
  trx: Write,
  { leaseMs, limit, now }: { limit: number; now: number; leaseMs: number },
): Promise<WebhooksTable[]> {
  const claimed = await dueConfirmations(trx, { limit, now }).forUpdate().skipLocked().execute();
  if (claimed.length === 0) return [];
  await trx
    .updateTable("webhooks")
    .set({ confirmation_due_at: now + leaseMs })
    .where(
      "webhook_id",
      "in",
      claimed.map((webhook) => webhook.webhook_id),
    )
    .execute();
  return claimed;
}

function dueConfirmations(db: Queries, { limit, now }: { limit: number; now: number }) {
  return db
    .selectFrom("webhooks")
    .selectAll()
    .where("confirmation_due_at", "<=", now)
    .orderBy("confirmation_due_at")
    .limit(limit);
}

/**
 * Confirms an address for all webhooks of the app, and sends the events that they missed.
 *
 * @returns ids of the webhooks
 */
export async function confirmAddress(trx: Write, address: AppAddress, now: number): Promise<string[]> {
  const confirmed = await unconfirmed(trx, address)
    .set({
      ...{ confirmation: "confirmed", confirmation_attempts: 0, confirmation_attempted_at: now },
      ...{ confirmation_reason: null, confirmation_due_at: null },
    })
    .returning(["webhook_id", "pause_reason"])
    .execute();
  for (const webhook of confirmed) await releaseWebhook(trx, webhook, now);
  return confirmed.map((webhook) => webhook.webhook_id);
}

/** Stores why an address is not confirmed, for all webhooks of the app. */
export async function refuseAddress(
  trx: Write,
  address: AppAddress,
  failed: { attempts: number; reason: string; now: number; nextAttemptAt: number | undefined },
): Promise<void> {
  await unconfirmed(trx, address)
    .set({
      ...{ confirmation_attempts: failed.attempts, confirmation_attempted_at: failed.now },
      ...{ confirmation_reason: failed.reason, confirmation_due_at: failed.nextAttemptAt ?? null },
    })
    .execute();
}

/** Resumes a webhook that was paused because its address was not confirmed: the events that it missed are sent first. */
export async function releaseWebhook(
  trx: Write,
  { pause_reason, webhook_id }: Pick<WebhooksTable, "webhook_id" | "pause_reason">,
  now: number,
): Promise<void> {
  if (pause_reason !== "unconfirmed") return;
  await resumeWebhook(trx, webhook_id, now);
  await replay(trx, { webhookId: webhook_id, statuses: ["pending"] }, { dryRun: false, now });
}

function unconfirmed(trx: Write, { appId, url }: AppAddress) {
  return trx
    .updateTable("webhooks")
    .where("app_id", "=", appId)
    .where("url", "=", url)
    .where("confirmation", "=", "unconfirmed")
    .where("deleted_at", "is", null);
}
