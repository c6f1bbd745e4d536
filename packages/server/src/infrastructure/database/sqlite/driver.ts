import type { DatabaseSync } from "node:sqlite";
import type { DatabaseConnection, Driver, TransactionSettings } from "kysely";
import { relaxedMode } from "../database.ts";
import { SqliteConnection } from "./connection.ts";

/** Kysely driver over one `node:sqlite` connection; whoever asks for it waits until it is free. */
export class SqliteDriver implements Driver {
  readonly #open: () => DatabaseSync;
  readonly #exclusive: boolean;
  #database: DatabaseSync | undefined;
  #synchronous: "FULL" | "NORMAL" = "FULL";
  #connection: SqliteConnection | undefined;
  #free: Promise<void> = Promise.resolve();
  #release: () => void = () => {};

  /** @param exclusive whether one user at a time may hold the connection, as a writer needs and a reader does not */
  constructor(open: () => DatabaseSync, exclusive: boolean) {
    this.#open = open;
    this.#exclusive = exclusive;
  }

  async init(): Promise<void> {
    this.#database = this.#open();
    this.#connection = new SqliteConnection(this.#database);
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const connection = this.#connection;
    if (connection === undefined) throw new Error("The database is closed.");
    if (this.#exclusive) {
      const before = this.#free;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#free = promise;
      await before;
      this.#release = resolve;
    }
    return connection;
  }

  async releaseConnection(): Promise<void> {
    if (this.#exclusive) this.#release();
  }

  async beginTransaction(_connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    const synchronous = settings.accessMode === relaxedMode ? "NORMAL" : "FULL";
    // It cannot change inside of a transaction. In WAL mode NORMAL leaves out the wait for the disk and nothing else.
    if (synchronous !== this.#synchronous) this.#database?.exec(`PRAGMA synchronous = ${synchronous}`);
    this.#synchronous = synchronous;
    this.#database?.exec("BEGIN IMMEDIATE");
  }

  async commitTransaction(): Promise<void> {
    this.#database?.exec("COMMIT");
  }

  async rollbackTransaction(): Promise<void> {
    // After a full disk SQLite has often rolled back by itself.
    if (this.#database?.isTransaction) this.#database.exec("ROLLBACK");
  }

  async destroy(): Promise<void> {
    this.#connection = undefined;
    this.#database?.close();
    this.#database = undefined;
  }
}
