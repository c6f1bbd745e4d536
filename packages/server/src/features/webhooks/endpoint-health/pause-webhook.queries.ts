import type { WebhooksTable, Write } from "../../../infrastructure/database/index.ts";
import { liftInstallBarrier, unblockDeliveries } from "../deliveries/index.ts";

/** Why nothing is sent to a subscription: somebody asked, it failed for days, or it said that it is gone. */
export type PauseReason = NonNullable<WebhooksTable["pause_reason"]>;

/**
 * Keeps what is for a subscription until it is released. Other subscriptions no longer wait for what it has not tried.
 *
 * @returns whether it was not held before
 */
export async function pauseWebhook(
  trx: Write,
  { now, reason, webhookId }: { webhookId: string; reason: PauseReason; now: number },
): Promise<boolean> {
  const result = await trx
    .updateTable("webhooks")
    .set({ paused_at: now, pause_reason: reason, updated_at: now })
    .where("webhook_id", "=", webhookId)
    .where("paused_at", "is", null)
    .executeTakeFirst();
  if (result.numUpdatedRows === 0n) return false;
  await liftInstallBarrier(trx, webhookId);
  await unblockDeliveries(trx, now);
  return true;
}

/** Sends to a subscription again, beginning with what it has missed. */
export async function resumeWebhook(trx: Write, webhookId: string, now: number): Promise<void> {
  await trx
    .updateTable("webhooks")
    .set({
      ...{ paused_at: null, pause_reason: null, failures: 0, failing_since: null, last_warning_percent: 0 },
      updated_at: now,
    })
    .where("webhook_id", "=", webhookId)
    .execute();
}
