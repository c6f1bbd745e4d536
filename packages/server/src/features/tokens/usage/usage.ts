import { createDeferredJob, nextTurn, seconds } from "../../../infrastructure/clock/index.ts";
import { type Database, storeUses, type Use } from "../../../infrastructure/database/index.ts";
import { describeError } from "../../../infrastructure/observability/index.ts";
import { type RefusedRequest, TokenLog, type TokenLogDependencies } from "./token-log.ts";

const flushDelay = seconds(5);
const usesPerTransaction = 200;

/** A token that was minted. */
interface Mint {
  readonly appId: string;
  readonly instanceId: string;
  readonly secretId: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Collects the use of secrets, instances and pages, and refused requests in memory, and stores them every 5 seconds. */
export class TokenUsage {
  readonly #uses = new Map<string, Use>();
  readonly #log: TokenLog;
  readonly #storing: ReturnType<typeof createDeferredJob>;

  constructor(deps: TokenLogDependencies) {
    this.#log = new TokenLog(deps);
    this.#storing = createDeferredJob(deps.clock, flushDelay, {
      work: async () => {
        await this.#storeUses(deps.database);
        await this.#log.store();
      },
      onError: (error) =>
        deps.log.warn(describeError(error), "usage was not stored; the next run tries again"),
    });
  }

  minted({ appId, at, instanceId, secretId }: Mint): void {
    this.used({ id: secretId, at });
    this.used({ id: instanceId, at, appId });
  }

  used(use: Omit<Use, "count">): void {
    this.#uses.set(use.id, { ...use, count: (this.#uses.get(use.id)?.count ?? 0) + 1 });
    this.#storing.schedule();
  }

  refused(request: RefusedRequest): void {
    this.#log.add(request);
    this.#storing.schedule();
  }

  /** Stores everything now. What cannot be stored is kept for the next run. */
  flush(): Promise<void> {
    return this.#storing.run();
  }

  /** Stores everything, and stops. */
  stop(): Promise<void> {
    return this.#storing.stop();
  }

  /**
   * Stores uses in batches, and deletes them from memory, except those that came meanwhile. The uses are sorted, so that two
   * processes lock the same rows in the same order.
   */
  async #storeUses(database: Database): Promise<void> {
    const sorted = [...this.#uses.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
    for (let start = 0; start < sorted.length; start += usesPerTransaction) {
      const batch = sorted.slice(start, start + usesPerTransaction);
      await database.write((trx) => storeUses(trx, batch));
      for (const { count, id } of batch) this.#stored(id, count);
      await nextTurn();
    }
  }

  #stored(id: string, count: number): void {
    const use = this.#uses.get(id);
    if (use === undefined) return;
    if (use.count === count) this.#uses.delete(id);
    else this.#uses.set(id, { ...use, count: use.count - count });
  }
}
