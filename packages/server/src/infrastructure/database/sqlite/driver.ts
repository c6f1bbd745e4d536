import type { DatabaseSync } from "node:sqlite";
import type { DatabaseConnection, Driver, TransactionSettings } from "kysely";
import { type PoolUsage, relaxedMode } from "../database.ts";
import { SqliteConnection } from "./connection.ts";

/** Kysely driver for one `node:sqlite` connection. */
export class SqliteDriver implements Driver {
  readonly #open: () => DatabaseSync;
  readonly #onCommit: ((changedTables: ReadonlySet<string>) => void) | undefined;
  #database: DatabaseSync | undefined;
  #synchronous: "FULL" | "NORMAL" = "FULL";
  #connection: SqliteConnection | undefined;
  #free: Promise<void> = Promise.resolve();
  /** Number of users that have the connection or wait for it. */
  #users = 0;
  #release: () => void = () => {};

  /**
   * @param onCommit for the connection that writes; see {@link SqliteConnection}. That connection has one user at a time;
   * others wait
   */
  constructor(open: () => DatabaseSync, onCommit?: (changedTables: ReadonlySet<string>) => void) {
    this.#open = open;
    this.#onCommit = onCommit;
  }

  usage(pool: string): PoolUsage {
    const open = this.#connection === undefined ? 0 : 1;
    const idle = this.#users === 0 ? open : 0;
    return { pool, open, idle, max: 1, waiting: Math.max(0, this.#users - 1) };
  }

  async init(): Promise<void> {
    this.#database = this.#open();
    this.#connection = new SqliteConnection(this.#database, this.#onCommit);
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const connection = this.#connection;
    if (connection === undefined) throw new Error("The database is closed.");
    this.#users += 1;
    if (this.#onCommit !== undefined) {
      const before = this.#free;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#free = promise;
      await before;
      this.#release = resolve;
    }
    return connection;
  }

  async releaseConnection(): Promise<void> {
    this.#users -= 1;
    if (this.#onCommit !== undefined) this.#release();
  }

  async beginTransaction(_connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    const synchronous = settings.accessMode === relaxedMode ? "NORMAL" : "FULL";
    // Cannot change inside a transaction. In WAL mode, NORMAL only omits the wait for the disk.
    if (synchronous !== this.#synchronous) this.#database?.exec(`PRAGMA synchronous = ${synchronous}`);
    this.#synchronous = synchronous;
    this.#database?.exec("BEGIN IMMEDIATE");
    this.#connection?.began();
  }

  async commitTransaction(): Promise<void> {
    try {
      this.#database?.exec("COMMIT");
    } finally {
      // The change may be committed even after an error.
      this.#connection?.committed();
    }
  }

  async rollbackTransaction(): Promise<void> {
    // When the disk is full, SQLite often rolls back by itself.
    if (this.#database?.isTransaction) this.#database.exec("ROLLBACK");
    this.#connection?.rolledBack();
  }

  async destroy(): Promise<void> {
    this.#connection = undefined;
    this.#database?.close();
    this.#database = undefined;
  }
}
