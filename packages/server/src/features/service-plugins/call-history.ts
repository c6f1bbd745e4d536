import { type Clock, createDeferredJob, seconds } from "../../infrastructure/clock/index.ts";
import type { Database } from "../../infrastructure/database/index.ts";
import { describeError, type Log } from "../../infrastructure/observability/index.ts";
import { insertCalls, type StoredCall } from "./calls.queries.ts";

/** Records calls and their outcomes for developers. Queues them in memory and stores them 2 seconds later. */
export interface CallHistory {
  add(call: StoredCall): void;
  /** Stores the queue. Rejects when that fails. */
  flush(): Promise<void>;
  /** Stores the queue a last time and stops. */
  stop(): Promise<void>;
}

const flushDelay = seconds(2);
const maxQueued = 10_000;
const rowsPerInsert = 500;

export function createCallHistory(deps: { clock: Clock; database: Database; log: Log }): CallHistory {
  const { clock, database, log } = deps;
  let queue: StoredCall[] = [];
  const storing = createDeferredJob(clock, flushDelay, {
    async work() {
      while (queue.length > 0) {
        const batch = queue.splice(0, rowsPerInsert);
        try {
          await database.writeRelaxed((trx) => insertCalls(trx, batch));
        } catch (error) {
          queue = [...batch, ...queue].slice(-maxQueued);
          throw error;
        }
      }
    },
    onError: (error) =>
      log.warn(describeError(error), "calls of service plugins could not be stored; they stay queued"),
  });
  return {
    add(call) {
      if (call.detail !== null) {
        const { appId, callId, detail, outcome, requestId } = call;
        log.info({ callId, appId, requestId, outcome, detail }, "a service plugin did not answer");
      }
      // When the database fails for long, the newest calls are kept.
      if (queue.length >= maxQueued) queue.shift();
      queue.push(call);
      storing.schedule();
    },
    flush: storing.run,
    stop: storing.stop,
  };
}
