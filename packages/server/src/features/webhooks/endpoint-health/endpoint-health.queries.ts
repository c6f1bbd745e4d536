import { days } from "../../../infrastructure/clock/index.ts";
import type { Write } from "../../../infrastructure/database/index.ts";
import { type PauseReason, pauseWebhook } from "./pause-webhook.queries.ts";

/** Results of a webhook's latest attempts. */
export interface EndpointReport {
  readonly webhookId: string;
  /** Failures since the last success among these attempts; all failures when there was none. */
  readonly failures: number;
  readonly succeeded: boolean;
  /** Whether the endpoint responded with 410 and the policy pauses its webhook for that. */
  readonly gone: boolean;
}

/** A warning about a failing webhook, or its pause. */
export interface HealthNotice {
  readonly webhookId: string;
  readonly appId: string;
  readonly failures: number;
  /** Epoch milliseconds. */
  readonly failingSince: number;
  /** Undefined for a warning. */
  readonly pauseReason: PauseReason | undefined;
  /** Elapsed part of the five days after which a failing webhook is paused, in per cent. */
  readonly percent: number;
}

/** A webhook without a success for this long is paused, in milliseconds. */
const maxFailingTime = days(5);
/** A webhook with few events is not paused before this many failures. */
const minFailures = 20;
const warningPercents = [90, 70, 50];

/**
 * Counts failures in a row, warns after 50, 70 and 90 % of five days without a success, and pauses a webhook after five
 * days, or at once when its endpoint is gone.
 *
 * @param reports sorted by webhook id, so that concurrent transactions lock rows in the same order
 * @returns warnings and pauses
 */
export async function reportHealth(
  trx: Write,
  reports: readonly EndpointReport[],
  now: number,
): Promise<HealthNotice[]> {
  const notices: HealthNotice[] = [];
  for (const report of reports) {
    if (report.succeeded) await recordSuccess(trx, report.webhookId);
    if (report.failures === 0) continue;
    const notice = await recordFailures(trx, report, now);
    if (notice !== undefined) notices.push(notice);
  }
  return notices;
}

async function recordSuccess(trx: Write, webhookId: string): Promise<void> {
  await trx
    .updateTable("webhooks")
    .set({ failures: 0, failing_since: null, last_warning_percent: 0 })
    .where("webhook_id", "=", webhookId)
    .where("failures", ">", 0)
    .execute();
}

async function recordFailures(
  trx: Write,
  report: EndpointReport,
  now: number,
): Promise<HealthNotice | undefined> {
  const { failures, gone, webhookId } = report;
  const row = await trx
    .updateTable("webhooks")
    .set((eb) => ({
      failures: eb("failures", "+", failures),
      failing_since: eb.fn.coalesce("failing_since", eb.val(now)),
    }))
    .where("webhook_id", "=", webhookId)
    .returning(["app_id", "failures", "failing_since", "last_warning_percent"])
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const failingSince = row.failing_since ?? now;
  const percent = Math.min(100, Math.floor(((now - failingSince) / maxFailingTime) * 100));
  const notice = { webhookId, appId: row.app_id, failures: row.failures, failingSince, percent };
  const reason = gone ? "gone" : percent === 100 && row.failures >= minFailures ? "failing" : undefined;
  if (reason !== undefined) {
    return (await pauseWebhook(trx, { webhookId, reason, now }))
      ? { ...notice, pauseReason: reason }
      : undefined;
  }
  const warning = warningPercents.find((one) => percent >= one) ?? 0;
  if (warning <= row.last_warning_percent) return undefined;
  await trx
    .updateTable("webhooks")
    .set({ last_warning_percent: warning })
    .where("webhook_id", "=", webhookId)
    .execute();
  return { ...notice, pauseReason: undefined };
}
