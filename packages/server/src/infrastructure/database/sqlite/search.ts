import { type ChildProcess, fork } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from "kysely";
import { ApiError } from "../../errors/index.ts";
import type { PoolUsage } from "../database.ts";
import { refuseTransaction } from "./reading-driver.ts";
import type { SearchRequest, SearchResponse } from "./search-process.ts";

// TypeScript in the repository, JavaScript in the package.
const processFile = fileURLToPath(new URL(`./search-process${extname(import.meta.url)}`, import.meta.url));

/**
 * Kysely driver that runs each query in a child process. `node:sqlite` blocks its thread, and only the end of the process
 * stops a query: terminating a worker thread waits for it. A process starts when none is idle.
 */
export class SqliteSearchDriver implements Driver {
  readonly #file: string;
  readonly #idle: SearchProcess[] = [];
  readonly #all = new Set<SearchProcess>();

  constructor(file: string) {
    this.#file = file;
  }

  usage(pool: string, max: number): PoolUsage {
    return { pool, open: this.#all.size, idle: this.#idle.length, max, waiting: 0 };
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    const started = startProcess(this.#file, (ended) => this.#forget(ended));
    this.#all.add(started);
    return started;
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    if (this.#all.has(connection as SearchProcess)) this.#idle.push(connection as SearchProcess);
  }

  readonly beginTransaction: () => Promise<void> = refuseTransaction;
  readonly commitTransaction: () => Promise<void> = refuseTransaction;
  readonly rollbackTransaction: () => Promise<void> = refuseTransaction;

  async destroy(): Promise<void> {
    await Promise.all([...this.#all].map((one) => one.end()));
  }

  #forget(ended: SearchProcess): void {
    this.#all.delete(ended);
    const position = this.#idle.indexOf(ended);
    if (position >= 0) this.#idle.splice(position, 1);
  }
}

type EndListener = (ended: SearchProcess) => void;

/** Throws `UNAVAILABLE` when the process cannot be started. */
function startProcess(file: string, onEnd: EndListener): SearchProcess {
  try {
    return new SearchProcess(file, onEnd);
  } catch (error) {
    throw unavailable(error);
  }
}

class SearchProcess implements DatabaseConnection {
  readonly #process: ChildProcess;
  readonly #ended = Promise.withResolvers<void>();
  readonly #waiting: PromiseWithResolvers<QueryResult<unknown>>[] = [];
  #cancelled = false;

  constructor(file: string, onEnd: EndListener) {
    this.#process = fork(processFile, [file], {
      // The child does not get the options of this process, such as a debugger port.
      execArgv: [],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#process.on("message", (response: SearchResponse) => this.#settle(response));
    this.#process.unref();
    this.#process.channel?.unref();
    const fail = (cause: Error): void => {
      onEnd(this);
      this.#ended.resolve();
      const error = this.#cancelled ? interrupted() : unavailable(cause);
      for (const query of this.#waiting.splice(0)) query.reject(error);
    };
    this.#process.on("error", fail);
    this.#process.on("exit", (code, signal) =>
      fail(new Error(`The search process ended: ${signal ?? code}.`)),
    );
  }

  async executeQuery<R>({ parameters, sql }: CompiledQuery): Promise<QueryResult<R>> {
    const query = Promise.withResolvers<QueryResult<unknown>>();
    this.#waiting.push(query);
    this.#process.channel?.ref();
    this.#process.send({ sql, parameters } satisfies SearchRequest);
    try {
      return (await query.promise) as QueryResult<R>;
    } finally {
      if (this.#waiting.length === 0) this.#process.channel?.unref();
    }
  }

  // biome-ignore lint/correctness/useYield: the interface requires a generator.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("Streaming is not used; page through results.");
  }

  /** Ends the process. Its queries reject with the SQLite code of an interrupted query. */
  async cancelQuery(): Promise<void> {
    this.#cancelled = true;
    await this.end();
  }

  async end(): Promise<void> {
    // Keeps the server running until the child process has ended.
    this.#process.ref();
    this.#process.kill("SIGKILL");
    await this.#ended.promise;
  }

  #settle(response: SearchResponse): void {
    const query = this.#waiting.shift();
    if ("result" in response) query?.resolve(response.result);
    else query?.reject(Object.assign(new Error(response.failure.message), response.failure));
  }
}

function unavailable(cause: unknown): ApiError {
  return new ApiError("UNAVAILABLE", { cause, headers: { "retry-after": "1" } });
}

/** The error of SQLite for an interrupted query (SQLITE_INTERRUPT). */
function interrupted(): Error {
  return Object.assign(new Error("interrupted"), { code: "ERR_SQLITE_ERROR", errcode: 9 });
}
