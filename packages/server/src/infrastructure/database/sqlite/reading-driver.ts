import type { DatabaseSync } from "node:sqlite";
import type { DatabaseConnection, Driver } from "kysely";
import { SqliteConnection } from "./connection.ts";

/** Kysely driver for a connection that only reads, and that all users share. */
export class SqliteReadingDriver implements Driver {
  readonly #database: DatabaseSync;
  readonly #connection: SqliteConnection;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#connection = new SqliteConnection(database);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {}

  readonly beginTransaction: () => Promise<void> = refuseTransaction;
  readonly commitTransaction: () => Promise<void> = refuseTransaction;
  readonly rollbackTransaction: () => Promise<void> = refuseTransaction;

  async destroy(): Promise<void> {
    this.#database.close();
  }
}

export async function refuseTransaction(): Promise<void> {
  throw new Error("This connection only reads.");
}
