import { AsyncLocalStorage } from "node:async_hooks";
import { type Dialect, Kysely, sql, type Transaction, type TransactionBuilder } from "kysely";
import { OperatorError } from "../errors/index.ts";
import { collectAfterCommit } from "./after-commit.ts";
import { isDeadlock, translateDatabaseError } from "./database-errors.ts";
import { GuardedDriver } from "./guarded-driver.ts";
import type { Schema } from "./schema.ts";
import { createSearch, type Search } from "./search.ts";

/** A place to run queries: the database outside a transaction, or a transaction. */
export type Queries = Kysely<Schema>;
/** A write transaction. */
export type Write = Transaction<Schema>;

/** The database, the same to every feature whichever engine carries it. */
export interface Database {
  readonly engine: "sqlite" | "postgres";
  /** Queries that change nothing, each seeing what was committed before it began. */
  readonly read: Queries;
  /**
   * Runs queries that callers have shaped on one connection, apart from all else: they delay no token and no write.
   * One search takes at most 5 seconds. Keys take turns, and two keys never hold all connections.
   *
   * Throws `QUERY_TOO_EXPENSIVE` past the limit, `RESOURCE_EXHAUSTED` when 256 searches of the key wait, and
   * `CLIENT_LEFT` when `client` is aborted: the search then ends, or never begins.
   *
   * @param key who asks: an app, whatever number of sites and instances it has
   * @param client the signal of the request that waits for the result
   */
  readonly search: Search<Schema>;
  /**
   * Runs `work` in one write transaction: all of it is stored when the promise resolves, none of it when it rejects.
   * `work` runs again, up to 5 times, when PostgreSQL ends the transaction to resolve a deadlock.
   * `work` awaits nothing but queries of the transaction it is given, and turns of the event loop where it is long;
   * `nested_connection` tells when it uses another.
   */
  write<T>(work: (trx: Write) => Promise<T>): Promise<T>;
  /**
   * As `write`, but a loss of power may undo it, and all that was written after it, as far as nothing `write` has stored
   * follows. For what nobody was told of and would simply be done again. What kills the process undoes nothing.
   */
  writeRelaxed<T>(work: (trx: Write) => Promise<T>): Promise<T>;
  /** As `write`, but for as long as it takes, for changes of the schema before anything is served. */
  writeUnhurried<T>(work: (trx: Write) => Promise<T>): Promise<T>;
  /** Keeps a read ready in the engine itself, for the hot path; see `prepareQuery`. */
  prepare(sql: string): PreparedRead;
  close(): Promise<void>;
}

/** Which rows a step of long work takes: at most `limit`, by id from `after` on, which is empty at first. */
export interface Page {
  readonly after: string;
  readonly limit: number;
}

/** Does a part of long work in one transaction. Returns where the next part begins; undefined at the end. */
export type Step = (trx: Write, page: Page) => Promise<string | undefined>;

/** Runs a prepared read with the values of its placeholders. */
export type PreparedRead = (parameters: readonly unknown[]) => Promise<unknown[]>;

/** What an engine brings: where reads and writes go, and what to release at the end. */
export interface Engine {
  readonly name: Database["engine"];
  readonly reader: Dialect;
  /** Absent when reads and writes share a pool. */
  readonly writer?: Dialect;
  /** For queries that callers have shaped: apart from reads and writes, and how many may run at once. */
  readonly searcher: { readonly dialect: Dialect; readonly slots: number };
  /** Statement that lets a transaction be stored without waiting for the disk; absent where its driver sees to it. */
  readonly relax?: string;
  /** A connection that no time limit ends, closed after its use; absent where none has a limit. */
  unhurried?(): Dialect;
  prepare(sql: string): PreparedRead;
  release(): Promise<void>;
}

/** How often a transaction runs when PostgreSQL ends it to resolve a deadlock. */
const deadlockAttempts = 5;

/** Says nothing to either engine; it tells the driver of SQLite, which has no words of its own for it. */
export const relaxedMode = "read write";

/** Makes the {@link Database} of an engine. */
export function createDatabase(engine: Engine): Database {
  const inTransaction = new AsyncLocalStorage<true>();
  const open = (dialect: Dialect): Queries =>
    new Kysely<Schema>({
      dialect: {
        createAdapter: () => dialect.createAdapter(),
        createIntrospector: (db) => dialect.createIntrospector(db),
        createQueryCompiler: () => dialect.createQueryCompiler(),
        createDriver: () => new GuardedDriver(dialect.createDriver(), inTransaction),
      },
    });
  const read = open(engine.reader);
  const writer = engine.writer === undefined ? read : open(engine.writer);
  const { dialect, slots } = engine.searcher;
  const searcher = open(dialect);
  const writeOnce = async <T>(
    transaction: TransactionBuilder<Schema>,
    work: (trx: Write) => Promise<T>,
  ): Promise<T> => {
    let committed: readonly (() => void)[] = [];
    const result = await transaction.execute((trx) => {
      committed = collectAfterCommit(trx);
      return inTransaction.run(true, () => work(trx));
    });
    for (const callback of committed) callback();
    return result;
  };
  const writeThrough = async <T>(
    transaction: TransactionBuilder<Schema>,
    work: (trx: Write) => Promise<T>,
  ): Promise<T> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await writeOnce(transaction, work);
      } catch (error) {
        if (attempt === deadlockAttempts || !isDeadlock(error)) throw error;
      }
    }
  };
  return {
    engine: engine.name,
    read,
    prepare(sql) {
      const run = engine.prepare(sql);
      return async (parameters) => {
        if (inTransaction.getStore()) throw new OperatorError("nested_connection");
        try {
          return await run(parameters);
        } catch (error) {
          throw translateDatabaseError(error);
        }
      };
    },
    search: createSearch(searcher, slots),
    write: (work) => writeThrough(writer.transaction(), work),
    writeRelaxed: (work) =>
      writeThrough(writer.transaction().setAccessMode(relaxedMode), async (trx) => {
        if (engine.relax !== undefined) await sql.raw(engine.relax).execute(trx);
        return await work(trx);
      }),
    async writeUnhurried(work) {
      if (engine.unhurried === undefined) return await writeThrough(writer.transaction(), work);
      const queries = open(engine.unhurried());
      try {
        return await writeThrough(queries.transaction(), work);
      } finally {
        await queries.destroy();
      }
    },
    async close() {
      // The writer last, so that SQLite puts its log into the file before it lets go.
      await Promise.all([read.destroy(), searcher.destroy()]);
      if (writer !== read) await writer.destroy();
      await engine.release();
    },
  };
}
