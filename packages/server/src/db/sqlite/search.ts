import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from "kysely";
import { ApiError } from "../../errors/index.ts";
import type { SearchAnswer } from "./search-worker.ts";

// From the sources or as it was built, whichever this file is.
const workerFile = new URL(`./search-worker${extname(import.meta.url)}`, import.meta.url);

/**
 * Kysely driver that runs each query in a thread: `node:sqlite` has no other way to leave the event loop free
 * meanwhile. A thread starts when none is idle, so there are as many as queries were ever under way at once.
 */
export class SqliteSearchDriver implements Driver {
  readonly #file: string;
  readonly #idle: SearchThread[] = [];
  readonly #all = new Set<SearchThread>();

  constructor(file: string) {
    this.#file = file;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    const started = new SearchThread(this.#file, (ended) => this.#forget(ended));
    this.#all.add(started);
    return started;
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    if (this.#all.has(connection as SearchThread)) this.#idle.push(connection as SearchThread);
  }

  beginTransaction(): Promise<void> {
    return refuseTransaction();
  }

  commitTransaction(): Promise<void> {
    return refuseTransaction();
  }

  rollbackTransaction(): Promise<void> {
    return refuseTransaction();
  }

  async destroy(): Promise<void> {
    await Promise.all([...this.#all].map((thread) => thread.end()));
  }

  #forget(thread: SearchThread): void {
    this.#all.delete(thread);
    const position = this.#idle.indexOf(thread);
    if (position >= 0) this.#idle.splice(position, 1);
  }
}

async function refuseTransaction(): Promise<void> {
  throw new TypeError("A search is no transaction.");
}

class SearchThread implements DatabaseConnection {
  readonly #worker: Worker;
  #waiting: PromiseWithResolvers<QueryResult<unknown>> | undefined;

  constructor(file: string, onEnd: (thread: SearchThread) => void) {
    this.#worker = new Worker(workerFile, { workerData: file });
    this.#worker.unref();
    this.#worker.on("message", (answer: SearchAnswer) => {
      if ("result" in answer) this.#waiting?.resolve(answer.result);
      else this.#waiting?.reject(Object.assign(new Error(answer.failure.message), answer.failure));
    });
    const fail = (cause?: unknown): void => {
      onEnd(this);
      this.#waiting?.reject(new ApiError("UNAVAILABLE", { cause, headers: { "retry-after": "1" } }));
    };
    this.#worker.on("error", fail);
    this.#worker.on("exit", () => fail());
  }

  async executeQuery<R>({ parameters, sql }: CompiledQuery): Promise<QueryResult<R>> {
    const waiting = Promise.withResolvers<QueryResult<unknown>>();
    this.#waiting = waiting;
    this.#worker.ref();
    this.#worker.postMessage({ sql, parameters });
    try {
      return (await waiting.promise) as QueryResult<R>;
    } finally {
      this.#worker.unref();
      this.#waiting = undefined;
    }
  }

  // biome-ignore lint/correctness/useYield: the interface wants a generator; nothing here streams.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("Streaming is not used; page through results.");
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
