import { type Clock, nextTurn, seconds } from "../../../infrastructure/clock/index.ts";
import type { Database, Write } from "../../../infrastructure/database/index.ts";
import { describeError, type Log } from "../../../infrastructure/observability/index.ts";
import type { AuditLog } from "../../audit/index.ts";
import { type EndpointReport, type HealthNotice, reportHealth } from "../endpoint-health/index.ts";
import { type EndedAttempt, recordAttempts } from "./attempts.queries.ts";

/** An attempt with what it tells of its endpoint. */
export interface RecordedAttempt extends EndedAttempt {
  readonly gone: boolean;
}

/** Records attempts in batches: those that end while one batch is stored make the next. */
export interface Recorder {
  /** Resolves when it is recorded, or when the recorder has stopped without that. */
  record(attempt: RecordedAttempt): Promise<void>;
  /** Tries a last time to record what waits. */
  stop(): Promise<void>;
}

const attemptsPerBatch = 200;
const restAfterFailure = seconds(1);

export function createRecorder(sources: {
  audit: AuditLog;
  clock: Clock;
  database: Database;
  log: Log;
  /** Is told what owners have to know, once it is stored. */
  notify(notices: readonly HealthNotice[]): void;
}): Recorder {
  const { clock, database, log, notify } = sources;
  const waiting: { attempt: RecordedAttempt; done: () => void }[] = [];
  let storing: Promise<void> | undefined;
  let stopped = false;

  const storeBatch = async (): Promise<void> => {
    const batch = waiting.slice(0, attemptsPerBatch);
    const attempts = batch.map(({ attempt }) => attempt);
    const notices = await database.writeRelaxed(async (trx) => {
      const now = clock.now();
      await recordAttempts(trx, attempts, now);
      const reported = await reportHealth(trx, reportsOf(attempts), now);
      for (const notice of reported) await auditPause(trx, sources.audit, notice);
      return reported;
    });
    waiting.splice(0, batch.length);
    for (const { done } of batch) done();
    notify(notices);
  };
  const storeAll = async (): Promise<void> => {
    // What ends in the same turn goes into the same batch.
    await nextTurn();
    try {
      while (waiting.length > 0) await storeBatch();
    } catch (error) {
      log.warn(describeError(error), "attempts of deliveries could not be recorded");
      if (stopped) for (const { done } of waiting.splice(0)) done();
      else clock.after(restAfterFailure, start);
    }
    storing = undefined;
  };
  const start = (): void => {
    storing ??= storeAll();
  };
  return {
    record(attempt) {
      return new Promise((resolve) => {
        waiting.push({ attempt, done: resolve });
        start();
      });
    },
    async stop() {
      stopped = true;
      await storing;
      start();
      await storing;
    },
  };
}

async function auditPause(trx: Write, audit: AuditLog, notice: HealthNotice): Promise<void> {
  const { appId, pauseReason: reason, webhookId } = notice;
  if (reason === undefined) return;
  const entry = { action: "webhook.paused", appId, details: { webhookId, reason } };
  await audit.append(trx, { name: "system", requestId: "" }, entry);
}

/** One report for each subscription, in the order of their ids, so that no two processes wait for each other. */
function reportsOf(attempts: readonly RecordedAttempt[]): EndpointReport[] {
  const byWebhook = Map.groupBy(attempts, (attempt) => attempt.webhookId);
  return Array.from(byWebhook, ([webhookId, ended]) => {
    const lastSuccess = ended.findLastIndex((attempt) => attempt.result.outcome === "delivered");
    return {
      webhookId,
      succeeded: lastSuccess >= 0,
      failures: ended.length - 1 - lastSuccess,
      gone: ended.some((attempt) => attempt.gone),
    };
  }).sort((one, other) => (one.webhookId < other.webhookId ? -1 : 1));
}
