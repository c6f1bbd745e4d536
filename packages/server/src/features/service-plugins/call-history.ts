import { type Clock, createDeferredJob, seconds } from "../../infrastructure/clock/index.ts";
import {
  type Database,
  isRowError,
  type ServicePluginCallsTable,
  storableText,
} from "../../infrastructure/database/index.ts";
import { describeError, type Log } from "../../infrastructure/observability/index.ts";
import { insertCalls } from "./calls.queries.ts";

const flushDelay = seconds(2);
const maxQueued = 10_000;
const rowsPerInsert = 500;
const maxDetailLength = 2_000;

/** Records calls and their outcomes for developers. Queues them in memory and stores them 2 seconds later. */
export class CallHistory {
  readonly #database: Database;
  readonly #log: Log;
  readonly #storing: ReturnType<typeof createDeferredJob>;
  #queue: ServicePluginCallsTable[] = [];

  constructor({ clock, database, log }: { clock: Clock; database: Database; log: Log }) {
    this.#database = database;
    this.#log = log;
    this.#storing = createDeferredJob(clock, flushDelay, {
      work: () => this.#store(),
      onError: (error) =>
        log.warn(describeError(error), "calls of service plugins could not be stored; they stay queued"),
    });
  }

  add(call: ServicePluginCallsTable): void {
    const { detail } = call;
    this.#logCall(call);
    // When the database fails for long, the newest calls are kept.
    if (this.#queue.length >= maxQueued) this.#queue.shift();
    this.#queue.push({ ...call, detail: detail === null ? null : storableText(detail, maxDetailLength) });
    this.#storing.schedule();
  }

  #logCall({
    detail,
    duration_ms: durationMs,
    method,
    outcome,
    status,
    ...call
  }: ServicePluginCallsTable): void {
    const { app_id: appId, call_id: callId, component_type: componentType, request_id: requestId } = call;
    const ids = { callId, appId, requestId, componentType, method };
    const fields = { ...ids, outcome, status: status ?? undefined, durationMs };
    if (detail === null) this.#log.debug(fields, "a call of a service plugin");
    else this.#log.info({ ...fields, detail }, "a call of a service plugin failed");
  }

  /** Stores the queue. Rejects when that fails. */
  async flush(): Promise<void> {
    await this.#storing.run();
  }

  /** Stores the queue a last time and stops. */
  async stop(): Promise<void> {
    await this.#storing.stop();
  }

  async #store(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, rowsPerInsert);
      try {
        await this.#database.writeRelaxed((trx) => insertCalls(trx, batch));
      } catch (error) {
        if (isRowError(error)) {
          await this.#storeEach(batch);
          continue;
        }
        this.#queue = [...batch, ...this.#queue].slice(-maxQueued);
        throw error;
      }
    }
  }

  /** Stores the calls of a batch one by one, so that a row that the database refuses does not prevent the others. */
  async #storeEach(batch: readonly ServicePluginCallsTable[]): Promise<void> {
    for (const call of batch) {
      try {
        await this.#database.writeRelaxed((trx) => insertCalls(trx, [call]));
      } catch (error) {
        const fields = { callId: call.call_id, appId: call.app_id, ...describeError(error) };
        this.#log.warn(fields, "a call of a service plugin could not be stored; it is dropped");
      }
    }
  }
}
