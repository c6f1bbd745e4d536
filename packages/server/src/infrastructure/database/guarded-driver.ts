import type { AsyncLocalStorage } from "node:async_hooks";
import type {
  AbortableOperationOptions,
  CompiledQuery,
  DatabaseConnection,
  Driver,
  QueryResult,
  TransactionSettings,
} from "kysely";
import { OperatorError } from "../errors/index.ts";
import { databaseUnavailable } from "./database-errors.ts";
import { runCancellable } from "./search.ts";

interface Guard {
  readonly inTransaction: AsyncLocalStorage<true>;
  /** Translates an error of the driver. */
  readonly translate: (error: unknown) => unknown;
}

/**
 * Wraps the driver of a database and translates its errors. Throws for a second connection inside a write transaction,
 * where SQLite would deadlock and PostgreSQL would not see the changes of the transaction, and for a query after its
 * transaction has ended, which would be committed separately.
 */
export class GuardedDriver implements Driver {
  readonly #inner: Driver;
  readonly #guard: Guard;

  constructor(inner: Driver, guard: Guard) {
    this.#inner = inner;
    this.#guard = guard;
  }

  async init(options?: AbortableOperationOptions): Promise<void> {
    await this.#inner.init(options);
  }

  async acquireConnection(options?: AbortableOperationOptions): Promise<DatabaseConnection> {
    if (this.#guard.inTransaction.getStore()) throw new OperatorError("nested_connection");
    const connection = await this.#inner.acquireConnection(options).catch((error: unknown) => {
      options?.signal?.throwIfAborted();
      throw this.#guard.translate(databaseUnavailable(error));
    });
    return new GuardedConnection(connection, { guard: this.#guard, signal: options?.signal });
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    await translated(this.#guard, this.#inner.beginTransaction(innerOf(connection), settings));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await translated(this.#guard, this.#inner.commitTransaction(endOf(connection)));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await translated(this.#guard, this.#inner.rollbackTransaction(endOf(connection)));
  }

  async releaseConnection(
    connection: DatabaseConnection,
    options?: AbortableOperationOptions,
  ): Promise<void> {
    await this.#inner.releaseConnection(endOf(connection), options);
  }

  async destroy(options?: AbortableOperationOptions): Promise<void> {
    await this.#inner.destroy(options);
  }
}

class GuardedConnection implements DatabaseConnection {
  readonly inner: DatabaseConnection;
  readonly #guard: Guard;
  readonly #signal: AbortSignal | undefined;
  #ended = false;

  /** @param options.signal cancels the running query when it is aborted */
  constructor(inner: DatabaseConnection, options: { guard: Guard; signal: AbortSignal | undefined }) {
    this.inner = inner;
    this.#guard = options.guard;
    this.#signal = options.signal;
  }

  /** Rejects further queries. */
  end(): void {
    this.#ended = true;
  }

  async executeQuery<R>(query: CompiledQuery, options?: AbortableOperationOptions): Promise<QueryResult<R>> {
    if (this.#ended) throw new OperatorError("transaction_ended");
    const run = (): Promise<QueryResult<R>> => this.inner.executeQuery<R>(query, options);
    return await translated(
      this.#guard,
      this.#signal === undefined ? run() : runCancellable(this.inner, run, this.#signal),
    );
  }

  streamQuery<R>(
    query: CompiledQuery,
    chunkSize: number,
    options?: AbortableOperationOptions,
  ): AsyncIterableIterator<QueryResult<R>> {
    return this.inner.streamQuery<R>(query, chunkSize, options);
  }
}

function innerOf(connection: DatabaseConnection): DatabaseConnection {
  return connection instanceof GuardedConnection ? connection.inner : connection;
}

function endOf(connection: DatabaseConnection): DatabaseConnection {
  if (connection instanceof GuardedConnection) connection.end();
  return innerOf(connection);
}

function translated<T>({ translate }: Guard, operation: Promise<T>): Promise<T> {
  return operation.catch((error: unknown) => {
    throw translate(error);
  });
}
