import type { DatabaseSync } from "node:sqlite";
import type { CompiledQuery, DatabaseConnection, Driver, QueryResult, TransactionSettings } from "kysely";
import { monotonicSeconds } from "../../clock/index.ts";
import { type PoolUsage, relaxedMode } from "../database.ts";
import { SqliteConnection } from "./connection.ts";

/** After so many seconds or writes, a commit is shared with no further write. */
const maxShared = { seconds: 0.01, writes: 64 };

/**
 * Kysely driver for the connection that writes. Writes take turns.
 *
 * Those that wait for a turn share one commit, because the disk takes most of the time of a small write: each is a savepoint
 * of one transaction, and ends when this transaction is committed. Relaxed writes do not wait for the disk, so they share
 * none.
 */
export class SqliteWritingDriver implements Driver {
  readonly #open: () => DatabaseSync;
  readonly #onCommit: (changedTables: ReadonlySet<string>) => void;
  #opened: { database: DatabaseSync; connection: SqliteConnection } | undefined;
  #synchronous: "FULL" | "NORMAL" = "FULL";
  /** Resolves when the last turn ends. */
  #lastTurn: Promise<void> = Promise.resolve();
  /** Users of the connection, and those of them that wait for their turn. */
  readonly #count = { users: 0, waiting: 0 };
  /** Writes that ended, and wait for the commit of the transaction. */
  #written: PromiseWithResolvers<void>[] = [];
  /** When the transaction began, by `monotonicSeconds`. */
  #began = 0;

  /** @param onCommit see {@link SqliteConnection} */
  constructor(open: () => DatabaseSync, onCommit: (changedTables: ReadonlySet<string>) => void) {
    this.#open = open;
    this.#onCommit = onCommit;
  }

  usage(pool: string): PoolUsage {
    const open = this.#opened === undefined ? 0 : 1;
    const { users } = this.#count;
    return { pool, open, idle: users === 0 ? open : 0, max: 1, waiting: Math.max(0, users - 1) };
  }

  async init(): Promise<void> {
    const database = this.#open();
    this.#opened = { database, connection: new SqliteConnection(database, this.#onCommit) };
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const { connection } = this.#get();
    const before = this.#lastTurn;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#lastTurn = promise;
    this.#count.users += 1;
    this.#count.waiting += 1;
    await before;
    this.#count.waiting -= 1;
    return new Turn(connection, resolve);
  }

  async releaseConnection(turn: DatabaseConnection): Promise<void> {
    this.#count.users -= 1;
    asTurn(turn).end();
  }

  async beginTransaction(_: DatabaseConnection, { accessMode }: TransactionSettings): Promise<void> {
    const { connection, database } = this.#get();
    const synchronous = accessMode === relaxedMode ? "NORMAL" : "FULL";
    if (this.#written.length > 0) {
      if (synchronous === "FULL") return database.exec("SAVEPOINT shared");
      this.#commit();
    }
    // Cannot change inside a transaction. In WAL mode, NORMAL only omits the wait for the disk.
    if (synchronous !== this.#synchronous) database.exec(`PRAGMA synchronous = ${synchronous}`);
    this.#synchronous = synchronous;
    database.exec("BEGIN IMMEDIATE");
    this.#began = monotonicSeconds();
    connection.began();
  }

  async commitTransaction(turn: DatabaseConnection): Promise<void> {
    if (this.#written.length > 0) this.#get().database.exec("RELEASE shared");
    const written = Promise.withResolvers<void>();
    this.#written.push(written);
    if (this.#isShared()) asTurn(turn).end();
    else this.#commit();
    await written.promise;
  }

  async rollbackTransaction(turn: DatabaseConnection): Promise<void> {
    // The commit failed, and the next write may have begun.
    if (asTurn(turn).ended) return;
    const { connection, database } = this.#get();
    // When the disk is full, SQLite often rolls back by itself.
    if (!database.isTransaction) return this.#fail(asTurn(turn).error);
    if (this.#written.length > 0) {
      database.exec("ROLLBACK TO shared");
      return this.#commit();
    }
    database.exec("ROLLBACK");
    connection.rolledBack();
  }

  async destroy(): Promise<void> {
    this.#opened?.connection.close();
    this.#opened = undefined;
  }

  /** Whether the next write joins the transaction. */
  #isShared(): boolean {
    return (
      this.#synchronous === "FULL" &&
      this.#count.waiting > 0 &&
      this.#written.length < maxShared.writes &&
      monotonicSeconds() - this.#began < maxShared.seconds
    );
  }

  /** Commits the transaction. Its writes end, with the error if it cannot be committed. */
  #commit(): void {
    const { connection, database } = this.#get();
    try {
      database.exec("COMMIT");
      for (const { resolve } of this.#written.splice(0)) resolve();
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      this.#fail(error);
    } finally {
      // The change may be committed even after an error.
      connection.committed();
    }
  }

  /** Ends the writes of a transaction that was rolled back. */
  #fail(error: unknown): void {
    for (const { reject } of this.#written.splice(0)) reject(error);
  }

  #get(): { database: DatabaseSync; connection: SqliteConnection } {
    if (this.#opened === undefined) throw new Error("The database is closed.");
    return this.#opened;
  }
}

/** The use of the connection by one write. */
class Turn implements DatabaseConnection {
  /** The last error of a query. */
  error: unknown;
  ended = false;
  readonly #connection: SqliteConnection;
  readonly #onEnd: () => void;

  constructor(connection: SqliteConnection, onEnd: () => void) {
    this.#connection = connection;
    this.#onEnd = onEnd;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    try {
      return await this.#connection.executeQuery<R>(query);
    } catch (error) {
      this.error = error;
      throw error;
    }
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    return this.#connection.streamQuery<R>();
  }

  end(): void {
    this.ended = true;
    this.#onEnd();
  }
}

function asTurn(connection: DatabaseConnection): Turn {
  if (connection instanceof Turn) return connection;
  throw new TypeError("The connection belongs to another driver.");
}
