import { type Clock, isoTime, pause, seconds } from "../../../infrastructure/clock/index.ts";
import type { Database, Write } from "../../../infrastructure/database/index.ts";
import { describeError, type Log } from "../../../infrastructure/observability/index.ts";
import type { AuditLog } from "../../audit/index.ts";
import { type EndpointReport, type HealthNotice, reportHealth } from "../endpoint-health/index.ts";
import { writeAttempts } from "./attempts.queries.ts";
import type { EndedAttempt } from "./ended-attempt.ts";

export interface AttemptWriterDependencies {
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly database: Database;
  readonly log: Log;
}

const attemptsPerBatch = 200;
/** How long attempts wait for others that end, in seconds: each batch is a transaction. */
const batchPause = 0.01;
const delayAfterFailure = seconds(1);

/** Writes attempts to the database in batches: attempts that end within 10 ms form one. */
export class AttemptWriter {
  readonly #dependencies: AttemptWriterDependencies;
  readonly #queue: { attempt: EndedAttempt; done: () => void }[] = [];
  #storing: Promise<void> | undefined;
  #stopped = false;

  constructor(dependencies: AttemptWriterDependencies) {
    this.#dependencies = dependencies;
  }

  /** Resolves when the attempt is stored, or when the writer has stopped and could not store it. */
  write(attempt: EndedAttempt): Promise<void> {
    return new Promise((done) => {
      this.#queue.push({ attempt, done });
      this.#start();
    });
  }

  /** Tries once more to store what is queued, then stops. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#storing;
    this.#start();
    await this.#storing;
  }

  #start(): void {
    this.#storing ??= this.#storeAll();
  }

  async #storeAll(): Promise<void> {
    const { clock, log } = this.#dependencies;
    try {
      while (this.#queue.length > 0) {
        if (!this.#stopped) await pause(batchPause);
        await this.#storeBatch();
      }
    } catch (error) {
      log.warn(describeError(error), "attempts of deliveries could not be stored");
      if (this.#stopped) for (const { done } of this.#queue.splice(0)) done();
      else clock.after(delayAfterFailure, () => this.#start());
    }
    this.#storing = undefined;
  }

  async #storeBatch(): Promise<void> {
    const { audit, clock, database, log } = this.#dependencies;
    const batch = this.#queue.slice(0, attemptsPerBatch);
    const attempts = batch.map(({ attempt }) => attempt);
    const notices = await database.writeRelaxed(async (trx) => {
      const now = clock.now();
      await writeAttempts(trx, attempts, now);
      const reported = await reportHealth(trx, reportsOf(attempts), now);
      for (const notice of reported) await auditPause(trx, audit, notice);
      return reported;
    });
    this.#queue.splice(0, batch.length);
    for (const { done } of batch) done();
    for (const notice of notices) logNotice(log, notice);
  }
}

function logNotice(log: Log, { failingSince, pauseReason, ...notice }: HealthNotice): void {
  const fields = { ...notice, failingSince: isoTime(failingSince) };
  if (pauseReason === undefined) {
    log.warn(fields, "every attempt at an endpoint fails; its webhook will be paused");
  } else {
    const text = "a webhook is paused: its events are kept until it is resumed";
    log.warn({ ...fields, reason: pauseReason }, text);
  }
}

async function auditPause(trx: Write, audit: AuditLog, notice: HealthNotice): Promise<void> {
  const { appId, pauseReason: reason, webhookId } = notice;
  if (reason === undefined) return;
  const entry = { action: "webhook.paused", appId, details: { webhookId, reason } };
  await audit.append(trx, { name: "system", requestId: "" }, entry);
}

/** Returns one report for each webhook, sorted by id, so that all processes lock the rows in the same order. */
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
