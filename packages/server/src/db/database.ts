import { AsyncLocalStorage } from "node:async_hooks";
import { type Dialect, Kysely, type Transaction } from "kysely";
import { OperatorError } from "../errors/index.ts";
import { translateDatabaseError } from "./database-errors.ts";
import { GuardedDriver } from "./guarded-driver.ts";
import type { Schema } from "./schema.ts";

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
   * Runs `work` in one write transaction: all of it is stored when the promise resolves, none of it when it rejects.
   * `work` awaits nothing but queries of the transaction it is given; `nested_connection` tells when it uses another.
   */
  write<T>(work: (trx: Write) => Promise<T>): Promise<T>;
  /** As `write`, but for as long as it takes, for changes of the schema before anything is served. */
  writeUnhurried<T>(work: (trx: Write) => Promise<T>): Promise<T>;
  /** Keeps a read ready in the engine itself, for the hot path; see `prepareQuery`. */
  prepare(sql: string): PreparedRead;
  close(): Promise<void>;
}

/** Runs a prepared read with the values of its placeholders. */
export type PreparedRead = (parameters: readonly unknown[]) => Promise<unknown[]>;

/** What an engine brings: where reads and writes go, and what to release at the end. */
export interface Engine {
  readonly name: Database["engine"];
  readonly reader: Dialect;
  /** Absent when reads and writes share a pool. */
  readonly writer?: Dialect;
  /** A connection that no time limit ends, closed after its use; absent where none has a limit. */
  unhurried?(): Dialect;
  prepare(sql: string): PreparedRead;
  release(): Promise<void>;
}

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
  const writeThrough = <T>(queries: Queries, work: (trx: Write) => Promise<T>): Promise<T> =>
    queries.transaction().execute((trx) => inTransaction.run(true, () => work(trx)));
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
    write: (work) => writeThrough(writer, work),
    async writeUnhurried(work) {
      if (engine.unhurried === undefined) return await writeThrough(writer, work);
      const queries = open(engine.unhurried());
      try {
        return await writeThrough(queries, work);
      } finally {
        await queries.destroy();
      }
    },
    async close() {
      // The writer last, so that SQLite puts its log into the file before it lets go.
      await read.destroy();
      if (writer !== read) await writer.destroy();
      await engine.release();
    },
  };
}
