import { type Clock, createDeferredJob, seconds } from "../../infrastructure/clock/index.ts";
import type { Database } from "../../infrastructure/database/index.ts";
import { describeError, type Log } from "../../infrastructure/observability/index.ts";
import { type ApiKeyUse, storeApiKeyUse } from "./api-keys.queries.ts";

/** Notes in memory which keys were used, and stores it a few seconds later: recognising a caller writes nothing. */
export interface KeyUsage {
  used(use: ApiKeyUse): void;
  /** Stores what waits and stops. */
  stop(): Promise<void>;
}

const flushDelay = seconds(5);

export function createKeyUsage(deps: { database: Database; clock: Clock; log: Log }): KeyUsage {
  const { clock, database, log } = deps;
  const waiting = new Map<string, ApiKeyUse>();
  const storing = createDeferredJob(clock, flushDelay, {
    async work() {
      const uses = [...waiting.values()];
      if (uses.length === 0) return;
      await database.write(async (trx) => {
        for (const use of uses) await storeApiKeyUse(trx, use);
      });
      for (const use of uses) if (waiting.get(use.keyId) === use) waiting.delete(use.keyId);
    },
    onError: (error) =>
      log.warn(describeError(error), "uses of API keys could not be stored; they are kept for the next turn"),
  });
  return {
    used(use) {
      waiting.set(use.keyId, use);
      storing.schedule();
    },
    stop: storing.stop,
  };
}
