import type { ApiKeyUsage } from "../features/api-keys/index.ts";
import { appResealSteps } from "../features/apps/index.ts";
import { type CallHistory, pruneCalls } from "../features/service-plugins/index.ts";
import { resealSigningKeys } from "../features/signing-keys/index.ts";
import { pruneDeniedTokens, pruneTokenLog, type TokenUsage } from "../features/tokens/index.ts";
import { webhookMaintenanceSteps, webhookResealSteps } from "../features/webhooks/index.ts";
import { type Clock, days, hours, nextTurn, repeat } from "../infrastructure/clock/index.ts";
import type { Vault } from "../infrastructure/crypto/index.ts";
import type { Database, Ids, Page, Step } from "../infrastructure/database/index.ts";
import { pruneIdempotencyKeys } from "../infrastructure/management/index.ts";
import { describeError, type Log, type Metrics } from "../infrastructure/observability/index.ts";
import { rotateKeys } from "./bootstrap.ts";

interface Dependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly vault: Vault;
  readonly usage: TokenUsage;
  readonly keyUsage: ApiKeyUsage;
  readonly callHistory: CallHistory;
  readonly log: Log;
  readonly metrics: Metrics;
}

const housekeepingInterval = hours(1);
const tokenLogLife = days(7);
const callRetention = days(7);
const sealedPerStep = 100;
const prunedPerStep = 500;
/** Denied tokens are kept this much longer than they live: a clock that leaps ahead and back must not revive one. */
const clockTolerance = days(1);

/**
 * Starts what the server does by itself: rotating keys, forgetting what has ended, sealing again after a change of
 * master keys. A failure is logged and tried again at the next turn.
 *
 * @returns a function that ends it all, storing what usage is still waiting
 */
export function startMaintenance(deps: Dependencies): () => Promise<void> {
  const { callHistory, clock, keyUsage, usage } = deps;
  const onError = failureOf(deps, "seal again");
  const notStored = failureOf(deps, "store usage");
  const stopping = new AbortController();
  let resealed = false;
  const resealOnce = async (): Promise<void> => {
    if (!resealed) resealed = await reseal(deps, stopping.signal);
  };
  const resealing = resealOnce().catch(onError);
  const work = async (): Promise<void> => {
    await rotateKeys(deps).catch(failureOf(deps, "rotate keys"));
    await keepHouse(deps, { now: clock.now(), stopping: stopping.signal });
    await resealing;
    await resealOnce();
  };
  const stop = repeat(clock, housekeepingInterval, { work, onError });
  return async () => {
    stopping.abort();
    await stop();
    await resealing;
    await usage.stop().catch(notStored);
    await keyUsage.stop().catch(notStored);
    await callHistory.stop().catch(notStored);
  };
}

/** Logs and counts what could not be done; the next turn tries it again. */
function failureOf({ log, metrics }: Pick<Dependencies, "log" | "metrics">, work: string) {
  return (error: unknown): void => {
    log.warn({ ...describeError(error), work }, "maintenance failed");
    metrics.maintenanceFailures.inc({ work });
  };
}

/**
 * Deletes what has reached its age at `now` (epoch milliseconds). Each step commits for itself, and where one table
 * fails, the others go on.
 */
export async function keepHouse(
  deps: Pick<Dependencies, "database" | "log" | "metrics">,
  { now, stopping }: { now: number; stopping: AbortSignal },
): Promise<void> {
  const steps: Record<string, Step> = {
    "delete denied tokens": (trx, page) => pruneDeniedTokens(trx, { ...page, before: now - clockTolerance }),
    "delete the token log": (trx, page) => pruneTokenLog(trx, { ...page, before: now - tokenLogLife }),
    "delete the plugin call log": (trx, page) => pruneCalls(trx, { ...page, before: now - callRetention }),
    "delete idempotency keys": (trx, page) => pruneIdempotencyKeys(trx, { ...page, now }),
    ...webhookMaintenanceSteps(now),
  };
  for (const [work, step] of Object.entries(steps)) {
    const limit = prunedPerStep;
    await runSteps(deps.database, step, { limit, stopping }).catch(failureOf(deps, work));
  }
}

/**
 * Runs a step until its end, in one transaction after another, and serves requests in between.
 *
 * @returns whether it came to its end
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
    after = await database.write((trx) => step(trx, page));
    await nextTurn();
  }
  return true;
}

/** @returns whether it came to its end */
async function reseal({ database, log, vault }: Dependencies, stopping: AbortSignal): Promise<boolean> {
  await database.write((trx) => resealSigningKeys(trx, vault));
  for (const step of [...appResealSteps, ...webhookResealSteps]) {
    const options = { limit: sealedPerStep, stopping };
    if (!(await runSteps(database, (trx, page) => step(trx, vault, page), options))) return false;
  }
  log.info("everything is sealed with the newest encryption key");
  return true;
}
