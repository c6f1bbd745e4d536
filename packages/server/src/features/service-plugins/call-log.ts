import { type Clock, createDeferredJob, seconds } from "../../infrastructure/clock/index.ts";
import type { Database } from "../../infrastructure/database/index.ts";
import { describeError, type Log } from "../../infrastructure/observability/index.ts";
import { insertCalls, type LoggedCall } from "./calls.queries.ts";

/** Keeps which apps were called and what came of it, for their developers: in memory first, stored a moment later. */
export interface CallLog {
  add(call: LoggedCall): void;
  /** Stores what waits. */
  flush(): Promise<void>;
  /** Stores what waits and stops. */
  stop(): Promise<void>;
}

const flushDelay = seconds(2);
const mostWaiting = 10_000;
const rowsPerInsert = 500;

export function createCallLog(sources: { clock: Clock; database: Database; log: Log }): CallLog {
  const { clock, database, log } = sources;
  let waiting: LoggedCall[] = [];
  const storing = createDeferredJob(clock, flushDelay, {
    async work() {
      while (waiting.length > 0) {
        const batch = waiting.splice(0, rowsPerInsert);
        try {
          await database.writeRelaxed((trx) => insertCalls(trx, batch));
        } catch (error) {
          waiting = [...batch, ...waiting].slice(-mostWaiting);
          throw error;
        }
      }
    },
    onError: (error) =>
      log.warn(
        describeError(error),
        "calls of service plugins could not be noted; they are kept for the next turn",
      ),
  });
  return {
    add(call) {
      if (call.detail !== null) {
        const { appId, callId, detail, outcome, requestId } = call;
        log.info({ callId, appId, requestId, outcome, detail }, "a service plugin did not answer");
      }
      // The newest tell most while the database takes none.
      if (waiting.length >= mostWaiting) waiting.shift();
      waiting.push(call);
      storing.schedule();
    },
    flush: storing.run,
    stop: storing.stop,
  };
}
