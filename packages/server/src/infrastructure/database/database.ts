import { AsyncLocalStorage } from "node:async_hooks";
import { type Dialect, Kysely, type Transaction, type TransactionBuilder } from "kysely";
import { ApiError, OperatorError } from "../errors/index.ts";
import { createFairQueue } from "../fair-queue/index.ts";
import { collectAfterCommit } from "./after-commit.ts";
import { isDeadlock, translateDatabaseError } from "./database-errors.ts";
import { GuardedDriver } from "./guarded-driver.ts";
import type { Schema } from "./schema/index.ts";
import { createSearch, maxWaitingPerKey, type Search } from "./search.ts";
import { LastSeen } from "./security-changes/last-seen.ts";
import { runCounted } from "./security-changes/security-changes.queries.ts";

/** Runs queries, in a transaction or outside. */
export type Queries = Kysely<Schema>;
/** A write transaction. */
export type Write = Transaction<Schema>;

/** The database: SQLite or PostgreSQL behind one interface. */
export interface Database {
  readonly engine: "sqlite" | "postgres";
  readonly lastSeen: LastSeen;
  /** Read-only queries. Each sees what was committed before it began. */
  readonly read: Queries;
  /**
   * Runs queries whose conditions come from callers on connections of their own, so that they delay no other query. A
   * search takes at most 5 seconds. Keys take turns, and two keys never use all connections.
   *
   * Throws `QUERY_TOO_EXPENSIVE` past the limit, `RESOURCE_EXHAUSTED` when 256 searches of the key wait, and
   * `CLIENT_LEFT` when `client` is aborted.
   *
   * @param key id of the app that searches
   * @param client the signal of the HTTP request
   */
  readonly search: Search<Schema>;
  /**
   * Runs `work` in one write transaction, which is committed when the promise resolves and rolled back when it rejects.
   * `work` runs again, up to 5 times, when PostgreSQL ends the transaction to resolve a deadlock.
   * `work` awaits only queries of its transaction and `nextTurn()`. Throws `nested_connection` for other queries.
   */
  write<T>(work: (trx: Write) => Promise<T>): Promise<T>;
  /**
   * Like `write`, but does not wait for the disk: a power failure may undo it, unless a later `write` has committed. A
   * killed process undoes nothing. For work that would be repeated anyway.
   */
  writeRelaxed<T>(work: (trx: Write) => Promise<T>): Promise<T>;
  /** Like `write` without timeouts, for migrations. */
  writeWithoutTimeouts<T>(work: (trx: Write) => Promise<T>): Promise<T>;
  /** Prepares a read in the database, for the hot path; see `prepareQuery`. */
  prepare(sql: string, isCached?: (row: unknown) => boolean): PreparedRead;
  /** What this process uses of the database now, for metrics. */
  usage(): DatabaseUsage;
  close(): Promise<void>;
}

export interface DatabaseUsage {
  readonly pools: readonly PoolUsage[];
  readonly searches: Readonly<Record<"running" | "waiting", number>>;
  /** Failed connections and queries since the start, because the database was unavailable. */
  readonly failures: number;
}

/** The connections of one pool. */
export interface PoolUsage {
  readonly pool: string;
  readonly open: number;
  readonly idle: number;
  readonly max: number;
  /** Callers that wait for a connection. */
  readonly waiting: number;
}

/** The rows of one step: at most `limit`, with ids after `after`, which is empty at first. */
export interface Page {
  readonly after: string;
  readonly limit: number;
}

/** One transaction of long work. Returns the `after` of the next step; undefined at the end. */
export type Step = (trx: Write, page: Page) => Promise<string | undefined>;

/** Runs a prepared read with the values of its placeholders. */
export type PreparedRead = (parameters: readonly unknown[]) => Promise<readonly unknown[]>;

/** A database engine. */
export interface Engine {
  readonly name: Database["engine"];
  readonly reader: Dialect;
  /** Default: `reader`. */
  readonly writer?: Dialect;
  /** Connections for `search`, and their number. */
  readonly searcher: { readonly dialect: Dialect; readonly slots: number };
  /** A connection without timeouts, which is closed after use. Absent when connections have no timeouts. */
  withoutTimeouts?(): Dialect;
  /** @param isCached see `prepareQuery`; ignored by PostgreSQL, which other processes write to */
  prepare(sql: string, isCached?: (row: unknown) => boolean): PreparedRead;
  pools(): readonly PoolUsage[];
  release(): Promise<void>;
}

/** How often a transaction runs when PostgreSQL ends it to resolve a deadlock. */
const deadlockAttempts = 5;

/** Access mode of relaxed transactions. It is the default of both databases, and marks the transaction for the driver. */
export const relaxedMode = "read write";

/** Creates the {@link Database} of an engine. */
export function createDatabase(engine: Engine): Database {
  const inTransaction = new AsyncLocalStorage<true>();
  const failures = new FailureCount();
  const open = (dialect: Dialect): Queries =>
    new Kysely<Schema>({
      dialect: {
        createAdapter: () => dialect.createAdapter(),
        createIntrospector: (db) => dialect.createIntrospector(db),
        createQueryCompiler: () => dialect.createQueryCompiler(),
        createDriver: () =>
          new GuardedDriver(dialect.createDriver(), { inTransaction, translate: failures.translate }),
      },
    });
  const read = open(engine.reader);
  const writer = engine.writer === undefined ? read : open(engine.writer);
  const { dialect, slots } = engine.searcher;
  const searcher = open(dialect);
  const lastSeen = new LastSeen();
  const searchQueue = createFairQueue({ slots, waitingPerKey: maxWaitingPerKey });
  const writeThrough = <T>(
    transaction: TransactionBuilder<Schema>,
    work: (trx: Write) => Promise<T>,
  ): Promise<T> =>
    retryDeadlocks(async () => {
      let committed: readonly (() => void)[] = [];
      const result = await transaction.execute((trx) => {
        committed = collectAfterCommit(trx);
        return inTransaction.run(true, () => runCounted(trx, lastSeen, work));
      });
      for (const callback of committed) callback();
      return result;
    });
  return {
    engine: engine.name,
    lastSeen,
    read,
    prepare(sql, isCached) {
      const run = engine.prepare(sql, isCached);
      return async (parameters) => {
        if (inTransaction.getStore()) throw new OperatorError("nested_connection");
        try {
          return await run(parameters);
        } catch (error) {
          throw failures.translate(error);
        }
      };
    },
    search: createSearch(searcher, searchQueue),
    usage: () => ({ pools: engine.pools(), searches: searchQueue.usage(), failures: failures.count }),
    write: (work) => writeThrough(writer.transaction(), work),
    writeRelaxed: (work) => writeThrough(writer.transaction().setAccessMode(relaxedMode), work),
    async writeWithoutTimeouts(work) {
      if (engine.withoutTimeouts === undefined) return await writeThrough(writer.transaction(), work);
      const queries = open(engine.withoutTimeouts());
      try {
        return await writeThrough(queries.transaction(), work);
      } finally {
        await queries.destroy();
      }
    },
    async close() {
      // The writer is closed last, so that SQLite checkpoints the WAL.
      await Promise.all([read.destroy(), searcher.destroy()]);
      if (writer !== read) await writer.destroy();
      await engine.release();
    },
  };
}

/** Runs a transaction again after the database has ended it because of a deadlock. */
async function retryDeadlocks<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (attempt === deadlockAttempts || !isDeadlock(error)) throw error;
    }
  }
}

/** Translates errors of the database, and counts the errors of an unavailable database. */
class FailureCount {
  count = 0;

  readonly translate = (error: unknown): unknown => {
    const translated = translateDatabaseError(error);
    if (translated instanceof ApiError && translated.code === "UNAVAILABLE") this.count += 1;
    return translated;
  };
}
