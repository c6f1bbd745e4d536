import type { KeyUsage } from "./accounts/index.ts";
import { appResealSteps } from "./apps/index.ts";
import { type Clock, days, hours, nextTurn, repeat } from "./clock/index.ts";
import type { Database, Ids } from "./db/index.ts";
import { rotateKeys } from "./initialise.ts";
import { resealSigningKeys, type Vault } from "./keys/index.ts";
import { pruneIdempotencyKeys } from "./management/index.ts";
import { describeError, type Log } from "./observability/index.ts";
import { type CallLog, pruneCalls } from "./service-plugins/index.ts";
import { pruneDeniedTokens, pruneTokenLog, type TokenUsage } from "./tokens/index.ts";
import { housekeepingStep, webhookResealSteps } from "./webhooks/index.ts";

interface Sources {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly vault: Vault;
  readonly usage: TokenUsage;
  readonly keyUsage: KeyUsage;
  readonly callLog: CallLog;
  readonly log: Log;
}

const housekeepingInterval = hours(1);
const tokenLogLife = days(7);
const callLogLife = days(7);
const rowsPerStep = 100;
/** Denied tokens are kept this much longer than they live: a clock that leaps ahead and back must not revive one. */
const clockTolerance = days(1);

/**
 * Starts what the server does by itself: rotating keys, forgetting what has ended, sealing again after a change of
 * master keys. A failure is logged and tried again at the next turn.
 *
 * @returns a function that ends it all, storing what usage is still waiting
 */
export function startMaintenance(sources: Sources): () => Promise<void> {
  const { callLog, clock, keyUsage, log, usage } = sources;
  const onError = (error: unknown): void => log.warn(describeError(error), "maintenance failed");
  const stopping = new AbortController();
  let resealed = false;
  const resealOnce = async (): Promise<void> => {
    if (!resealed) resealed = await reseal(sources, stopping.signal);
  };
  const resealing = resealOnce().catch(onError);
  const work = async (): Promise<void> => {
    await keepHouse(sources, stopping.signal);
    await resealing;
    await resealOnce();
  };
  const stop = repeat(clock, housekeepingInterval, { work, onError });
  return async () => {
    stopping.abort();
    await stop();
    await resealing;
    await usage.stop().catch(onError);
    await keyUsage.stop().catch(onError);
    await callLog.stop().catch(onError);
  };
}

async function keepHouse(sources: Sources, stopping: AbortSignal): Promise<void> {
  await rotateKeys(sources);
  const now = sources.clock.now();
  await sources.database.write(async (trx) => {
    await pruneDeniedTokens(trx, now - clockTolerance);
    await pruneTokenLog(trx, now - tokenLogLife);
    await pruneCalls(trx, now - callLogLife);
    await pruneIdempotencyKeys(trx, now);
  });
  while (!stopping.aborted && (await housekeepingStep(sources.database, now))) await nextTurn();
}

/**
 * In steps, so that requests are served in between.
 *
 * @returns whether it came to its end
 */
async function reseal({ database, log, vault }: Sources, stopping: AbortSignal): Promise<boolean> {
  await database.write((trx) => resealSigningKeys(trx, vault));
  for (const step of [...appResealSteps, ...webhookResealSteps]) {
    let after: string | undefined = "";
    while (after !== undefined) {
      if (stopping.aborted) return false;
      const page: { after: string; limit: number } = { after, limit: rowsPerStep };
      after = await database.write((trx) => step(trx, vault, page));
      await nextTurn();
    }
  }
  log.info("everything is sealed with the newest encryption key");
  return true;
}
