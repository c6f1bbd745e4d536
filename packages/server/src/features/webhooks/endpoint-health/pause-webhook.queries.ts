import type { WebhooksTable, Write } from "../../../infrastructure/database/index.ts";
import { liftInstallBarrier, unblockDeliveries } from "../deliveries/index.ts";

/** Why a webhook is paused: by a request, after five days of failures, by a response with 410, or until its address is confirmed. */
export type PauseReason = NonNullable<WebhooksTable["pause_reason"]>;

/**
 * Pauses a webhook: its deliveries are kept and none is attempted. Its `AppInstalled` deliveries no longer block others.
 *
 * @returns false when the webhook is paused already
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

/** Resumes a webhook and clears its failures. */
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
