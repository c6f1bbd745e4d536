import { type Clock, createDeferredJob, seconds } from "../../infrastructure/clock/index.ts";
import { type Database, storeUses } from "../../infrastructure/database/index.ts";
import { describeError, type Log } from "../../infrastructure/observability/index.ts";
import { updateApiKeyDigest } from "./api-keys.queries.ts";

const flushDelay = seconds(5);

export interface ApiKeyUse {
  readonly keyId: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /**
   * Digest under the newest master key, when the stored one is of an older one. It is stored, so that a key in use stays
   * valid when older master keys go.
   */
  readonly digest: string | undefined;
}

/** Collects the use of API keys in memory and stores it every 5 seconds, so that authentication writes nothing. */
export class ApiKeyUsage {
  readonly #uses = new Map<string, ApiKeyUse>();
  readonly #storing: ReturnType<typeof createDeferredJob>;

  constructor({ clock, database, log }: { database: Database; clock: Clock; log: Log }) {
    this.#storing = createDeferredJob(clock, flushDelay, {
      work: async () => {
        const uses = [...this.#uses.values()];
        if (uses.length === 0) return;
        await database.write(async (trx) => {
          await storeUses(
            trx,
            uses.map(({ at, keyId }) => ({ id: keyId, at, count: 0 })),
          );
          for (const { digest, keyId } of uses) {
            if (digest !== undefined) await updateApiKeyDigest(trx, keyId, digest);
          }
        });
        for (const use of uses) if (this.#uses.get(use.keyId) === use) this.#uses.delete(use.keyId);
      },
      onError: (error) =>
        log.warn(describeError(error), "use of API keys was not stored; the next run tries again"),
    });
  }

  used(use: ApiKeyUse): void {
    this.#uses.set(use.keyId, use);
    this.#storing.schedule();
  }

  /** Stores everything, and stops. */
  stop(): Promise<void> {
    return this.#storing.stop();
  }
}
