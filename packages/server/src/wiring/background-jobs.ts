import type { ApiKeyUsage } from "../features/api-keys/index.ts";
import { appResealSteps, type LogQuota, pruneAboveQuota } from "../features/apps/index.ts";
import { pruneCounts } from "../features/counts/index.ts";
import { type Instances, instanceJobActions } from "../features/instances/index.ts";
import { type JobDependencies, Jobs } from "../features/jobs/index.ts";
import { defaultRetention, keptFor, type Retention, readRetention } from "../features/retention/index.ts";
import { type CallHistory, pruneCalls, pruneCallsAboveQuota } from "../features/service-plugins/index.ts";
import { resealSigningKeys } from "../features/signing-keys/index.ts";
import type { TokenUsage } from "../features/tokens/index.ts";
import {
  deliveryJobActions,
  webhookMaintenanceSteps,
  webhookResealSteps,
} from "../features/webhooks/index.ts";
import {
  type Clock,
  days,
  hours,
  monotonicSeconds,
  pauseAfterStep,
  repeat,
} from "../infrastructure/clock/index.ts";
import type { Vault } from "../infrastructure/crypto/index.ts";
import {
  type Database,
  deleteEntries,
  deleteExpired,
  type Ids,
  type Page,
  type Step,
} from "../infrastructure/database/index.ts";
import { pruneIdempotencyKeys } from "../infrastructure/management/index.ts";
import {
  type Log,
  type Metrics,
  maintenanceFailureHandler,
  startAtZero,
} from "../infrastructure/observability/index.ts";
import { rotateKeys } from "./bootstrap.ts";

interface Dependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly vault: Vault;
  readonly usage: TokenUsage;
  readonly keyUsage: ApiKeyUsage;
  readonly callHistory: CallHistory;
  /** Rows that an app may have in the log of deliveries, and in that of plugin calls. */
  readonly logRowsPerApp: number;
  readonly log: Log;
  readonly metrics: Metrics;
}

const interval = hours(1);
const rowsPerStep = 50;
/** Time between two steps, relative to the time that the first one took: maintenance works a quarter of the time. */
const pauseRatio = 3;
/** Sessions, used challenges, codes and revoked tokens stay after they expire, in case the clock is set forward and back. */
const clockTolerance = days(1);

/**
 * Starts hourly maintenance: rotation of signing keys, pruning, and resealing after a change of master keys. A failure is
 * logged, and the next run tries again.
 *
 * @returns a function that stops maintenance and stores pending usage
 */
export function startMaintenance(deps: Dependencies): () => Promise<void> {
  const { callHistory, clock, keyUsage, metrics, usage } = deps;
  const works = ["rotate keys", "seal again", ...Object.keys(pruningSteps(deps, 0, defaultRetention))];
  startAtZero(metrics.maintenanceFailures, "work", works);
  startAtZero(metrics.maintenanceSuccess, "work", works);
  const stopping = new AbortController();
  let resealed = false;
  const resealOnce = async (): Promise<void> => {
    if (resealed) return;
    await runJob(deps, { work: "seal again", now: clock.now() }, async () => {
      resealed = await reseal(deps, stopping.signal);
    });
  };
  const firstReseal = resealOnce();
  const work = async (): Promise<void> => {
    await runJob(deps, { work: "rotate keys", now: clock.now() }, () => rotateKeys(deps));
    await pruneExpired(deps, { now: clock.now(), stopping: stopping.signal });
    await firstReseal;
    await resealOnce();
  };
  const stop = repeat(clock, interval, { work, onError: maintenanceFailureHandler(deps, "maintenance") });
  return async () => {
    stopping.abort();
    await stop();
    await firstReseal;
    for (const buffer of [usage, keyUsage, callHistory]) {
      await buffer.stop().catch(maintenanceFailureHandler(deps, "store usage"));
    }
  };
}

/** Starts jobs, with the actions of all features. */
export function startJobs(
  deps: Omit<JobDependencies, "actions"> & { readonly instances: Instances },
  delivery: { wake(): void },
): Jobs {
  const actions = { ...deliveryJobActions(delivery), ...instanceJobActions(deps.instances) };
  const jobs = new Jobs({ ...deps, actions });
  jobs.start();
  return jobs;
}

type Reports = Pick<Dependencies, "log" | "metrics">;

/** Runs a maintenance job, and records whether it succeeded. Does not reject. */
async function runJob(
  deps: Reports,
  { now, work }: { work: string; now: number },
  job: () => Promise<unknown>,
): Promise<void> {
  const succeeded = (): void => deps.metrics.maintenanceSuccess.set({ work }, now / 1_000);
  await job().then(succeeded, maintenanceFailureHandler(deps, work));
}

type PruningDependencies = Pick<Dependencies, "database" | "log" | "logRowsPerApp" | "metrics">;

/**
 * Deletes rows past their retention at `now` (epoch milliseconds) or above a quota. A table that fails stops no other. Rejects
 * when the retention cannot be read: nothing is deleted by a default that an operator has changed.
 */
export async function pruneExpired(
  deps: PruningDependencies,
  { now, stopping }: { now: number; stopping: AbortSignal },
): Promise<void> {
  const options = { limit: rowsPerStep, stopping };
  const retention = await readRetention(deps.database.read);
  for (const [work, step] of Object.entries(pruningSteps(deps, now, retention))) {
    await runJob(deps, { work, now }, () => runSteps(deps.database, step, options));
  }
}

function pruningSteps(
  { logRowsPerApp, metrics }: PruningDependencies,
  now: number,
  retention: Retention,
): Readonly<Record<string, Step>> {
  const onExceeded = (): void => metrics.quotaExceeded.inc({ quota: "log_rows" });
  const quota: LogQuota = { maxRows: logRowsPerApp, onExceeded };
  const kept = keptFor(retention, now);
  return {
    "delete denied tokens": deleteExpired("revoked_tokens", now - clockTolerance),
    "delete codes": deleteExpired("legacy_codes", now - clockTolerance),
    "delete install tokens": deleteExpired("legacy_install_tokens", now - clockTolerance),
    "delete the token log": kept("tokenLog", deleteEntries("token_log")),
    "delete the plugin call log": kept("pluginCalls", pruneCalls),
    "delete plugin calls above the quota": pruneAboveQuota(
      "service_plugin_calls",
      quota,
      pruneCallsAboveQuota,
    ),
    "delete sessions": deleteExpired("account_sessions", now - clockTolerance),
    "delete used challenges": deleteExpired("used_challenges", now - clockTolerance),
    "delete idempotency keys": (trx, page) => pruneIdempotencyKeys(trx, { ...page, now }),
    "delete install links": deleteExpired("install_links", now),
    "delete install requests": deleteExpired("install_requests", now),
    "delete portal links": deleteExpired("portal_links", now),
    "delete jobs": deleteExpired("jobs", now),
    ...webhookMaintenanceSteps(now, quota, kept),
    "delete counts of minutes": kept("countsByMinute", pruneCounts("minute")),
    "delete counts of hours": kept("countsByHour", pruneCounts("hour")),
    "delete the audit log": kept("audit", deleteEntries("audit")),
  };
}

/**
 * Runs a step repeatedly, each time in its own transaction, with pauses in between: on SQLite a step runs on the thread that
 * serves requests. Returns false when it is stopped before the end.
 */
async function runSteps(
  database: Database,
  step: Step,
  { limit, stopping }: { limit: number; stopping: AbortSignal },
): Promise<boolean> {
  let after: string | undefined = "";
  while (after !== undefined) {
    if (stopping.aborted) return false;
    const page: Page = { after, limit };
    const start = monotonicSeconds();
    after = await database.write((trx) => step(trx, page));
    if (after !== undefined) await pauseAfterStep(start, pauseRatio);
  }
  return true;
}

/**
 * Seals every value with the newest master key, except those that cannot be unsealed: the log names them. Returns whether
 * all are sealed with it.
 */
async function reseal({ database, log, vault }: Dependencies, stopping: AbortSignal): Promise<boolean> {
  const damaged = new Set<string>();
  await database.write((trx) => resealSigningKeys(trx, vault, damaged));
  for (const step of [...appResealSteps, ...webhookResealSteps]) {
    const options = { limit: rowsPerStep, stopping };
    const complete = await runSteps(database, (trx, page) => step(trx, { vault, damaged }, page), options);
    if (!complete) return false;
  }
  for (const row of damaged) log.error({ code: "sealed_value_damaged", row }, "a value cannot be decrypted");
  const what = damaged.size === 0 ? "everything" : "everything else";
  log.info(`${what} is sealed with the newest encryption key`);
  return damaged.size === 0;
}
