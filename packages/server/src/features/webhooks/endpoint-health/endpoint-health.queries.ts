import { days } from "../../../infrastructure/clock/index.ts";
import type { Write } from "../../../infrastructure/database/index.ts";
import { type PauseReason, pauseWebhook } from "./pause-webhook.queries.ts";

/** What a subscription's endpoint has done lately. */
export interface EndpointReport {
  readonly webhookId: string;
  /** Failures since the last success among what is reported, or in all of it. */
  readonly failures: number;
  readonly succeeded: boolean;
  /** It said that it will never want anything again. */
  readonly gone: boolean;
}

/** Something that the owner of an app has to know about an endpoint. */
export interface HealthNotice {
  readonly webhookId: string;
  readonly appId: string;
  readonly failures: number;
  /** Epoch milliseconds. */
  readonly failingSince: number;
  /** Undefined for a warning. */
  readonly pauseReason: PauseReason | undefined;
  /** How much of the time that it may fail is over, in per cent. */
  readonly percent: number;
}

/** How long an endpoint may do nothing but fail before it is held, in milliseconds. */
const failingBound = days(5);
/** An endpoint that hears little is not held for a few failures. */
const fewestFailures = 20;
const warnings = [90, 70, 50];

/** Counts successes and failures, and holds what has failed for days. Reports come in the order of their ids. */
export async function reportHealth(
  trx: Write,
  reports: readonly EndpointReport[],
  now: number,
): Promise<HealthNotice[]> {
  const notices: HealthNotice[] = [];
  for (const report of reports) {
    if (report.succeeded) await reset(trx, report.webhookId);
    if (report.failures === 0) continue;
    const notice = await fail(trx, report, now);
    if (notice !== undefined) notices.push(notice);
  }
  return notices;
}

async function reset(trx: Write, webhookId: string): Promise<void> {
  await trx
    .updateTable("webhooks")
    .set({ failures: 0, failing_since: null, last_warning_percent: 0 })
    .where("webhook_id", "=", webhookId)
    .where("failures", ">", 0)
    .execute();
}

async function fail(trx: Write, report: EndpointReport, now: number): Promise<HealthNotice | undefined> {
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
  const percent = Math.min(100, Math.floor(((now - failingSince) / failingBound) * 100));
  const notice = { webhookId, appId: row.app_id, failures: row.failures, failingSince, percent };
  const reason = gone ? "gone" : percent === 100 && row.failures >= fewestFailures ? "failing" : undefined;
  if (reason !== undefined) {
    return (await pauseWebhook(trx, { webhookId, reason, now }))
      ? { ...notice, pauseReason: reason }
      : undefined;
  }
  const warning = warnings.find((bound) => percent >= bound) ?? 0;
  if (warning <= row.last_warning_percent) return undefined;
  await trx
    .updateTable("webhooks")
    .set({ last_warning_percent: warning })
    .where("webhook_id", "=", webhookId)
    .execute();
  return { ...notice, pauseReason: undefined };
}
