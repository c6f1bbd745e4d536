import { type Clock, createDeferredJob, nextTurn, seconds } from "../../infrastructure/clock/index.ts";
import type { Database, Ids, Write } from "../../infrastructure/database/index.ts";
import { describeError, type Log, type Metrics } from "../../infrastructure/observability/index.ts";
import { createWaitingRefusals, type RefusedRequest } from "./refusals.ts";

/** Counts in memory what minting must not write, and stores it a few seconds later. */
export interface TokenUsage {
  minted(use: { secretId: string; instanceId: string; at: number }): void;
  refused(request: RefusedRequest): void;
  /** Stores what waits, in batches; what cannot be stored keeps waiting for the next turn. */
  flush(): Promise<void>;
  /** Stores what waits and stops. */
  stop(): Promise<void>;
}

const flushDelay = seconds(5);
const batchSize = 200;

export function createTokenUsage(deps: {
  database: Database;
  clock: Clock;
  ids: Ids;
  log: Log;
  metrics: Pick<Metrics, "tokenLogLeftOut">;
}): TokenUsage {
  const { clock, database, log } = deps;
  const secrets = new Map<string, number>();
  const instances = new Map<string, number>();
  const refusals = createWaitingRefusals(deps);
  const storing = createDeferredJob(clock, flushDelay, {
    async work() {
      await drain(secrets, (batch) => database.write((trx) => storeSecretUses(trx, batch)));
      await drain(instances, (batch) => database.write((trx) => storeInstanceUses(trx, batch)));
      await refusals.store();
    },
    onError: (error) =>
      log.warn(describeError(error), "usage could not be stored; it is kept for the next turn"),
  });

  return {
    minted({ at, instanceId, secretId }) {
      secrets.set(secretId, at);
      instances.set(instanceId, at);
      storing.schedule();
    },
    refused(request) {
      refusals.add(request);
      storing.schedule();
    },
    flush: storing.run,
    stop: storing.stop,
  };
}

type Use = readonly [id: string, at: number];

/**
 * Hands batches to `store` and forgets each once it is stored, unless it was used again meanwhile. In the order of
 * ids, so that two processes that store the same rows do not wait for each other crosswise.
 */
async function drain(
  uses: Map<string, number>,
  store: (batch: readonly Use[]) => Promise<void>,
): Promise<void> {
  const waiting = [...uses].sort(([one], [other]) => (one < other ? -1 : 1));
  for (let start = 0; start < waiting.length; start += batchSize) {
    const batch = waiting.slice(start, start + batchSize);
    await store(batch);
    for (const [id, at] of batch) if (uses.get(id) === at) uses.delete(id);
    await nextTurn();
  }
}

async function storeSecretUses(trx: Write, batch: readonly Use[]): Promise<void> {
  for (const [secretId, last_used_at] of batch) {
    await trx.updateTable("app_secrets").set({ last_used_at }).where("secret_id", "=", secretId).execute();
  }
}

async function storeInstanceUses(trx: Write, batch: readonly Use[]): Promise<void> {
  for (const [instanceId, last_token_at] of batch) {
    await trx.updateTable("instances").set({ last_token_at }).where("instance_id", "=", instanceId).execute();
  }
}
