import { type Clock, nextTurn, seconds } from "../../../infrastructure/clock/index.ts";
import type { Database, Write } from "../../../infrastructure/database/index.ts";
import { describeError, type Log } from "../../../infrastructure/observability/index.ts";
import type { AuditLog } from "../../audit/index.ts";
import { type EndpointReport, type HealthNotice, reportHealth } from "../endpoint-health/index.ts";
import { writeAttempts } from "./attempts.queries.ts";
import type { EndedAttempt } from "./ended-attempt.ts";

/** Writes attempts to the database in batches: attempts that end while one batch is stored form the next. */
export interface AttemptWriter {
  /** Resolves when the attempt is stored, or when the writer has stopped and could not store it. */
  write(attempt: EndedAttempt): Promise<void>;
  /** Tries once more to store what is queued, then stops. */
  stop(): Promise<void>;
}

const attemptsPerBatch = 200;
const delayAfterFailure = seconds(1);

export function createAttemptWriter(dependencies: {
  audit: AuditLog;
  clock: Clock;
  database: Database;
  log: Log;
  /** Is called with warnings and pauses after they are stored. */
  notify(notices: readonly HealthNotice[]): void;
}): AttemptWriter {
  const { clock, database, log, notify } = dependencies;
  const queue: { attempt: EndedAttempt; done: () => void }[] = [];
  let storing: Promise<void> | undefined;
  let stopped = false;

  const storeBatch = async (): Promise<void> => {
    const batch = queue.slice(0, attemptsPerBatch);
    const attempts = batch.map(({ attempt }) => attempt);
    const notices = await database.writeRelaxed(async (trx) => {
      const now = clock.now();
      await writeAttempts(trx, attempts, now);
      const reported = await reportHealth(trx, reportsOf(attempts), now);
      for (const notice of reported) await auditPause(trx, dependencies.audit, notice);
      return reported;
    });
    queue.splice(0, batch.length);
    for (const { done } of batch) done();
    notify(notices);
  };
  const storeAll = async (): Promise<void> => {
    // Attempts that end in the same turn of the event loop form one batch.
    await nextTurn();
    try {
      while (queue.length > 0) await storeBatch();
    } catch (error) {
      log.warn(describeError(error), "attempts of deliveries could not be stored");
      if (stopped) for (const { done } of queue.splice(0)) done();
      else clock.after(delayAfterFailure, start);
    }
    storing = undefined;
  };
  const start = (): void => {
    storing ??= storeAll();
  };
  return {
    write(attempt) {
      return new Promise((resolve) => {
        queue.push({ attempt, done: resolve });
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

/** One report for each webhook, sorted by id: all processes lock the rows in the same order. */
function reportsOf(attempts: readonly EndedAttempt[]): EndpointReport[] {
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
