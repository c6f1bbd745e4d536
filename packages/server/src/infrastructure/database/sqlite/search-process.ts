// A process with a read-only connection that runs one query after another (see search.ts).
import { constants, setPriority } from "node:os";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { CompiledQuery, QueryResult } from "kysely";
import { openConnection, SqliteConnection } from "./connection.ts";

/** Message to the process. */
export type SearchRequest = Pick<CompiledQuery, "sql" | "parameters">;

/** Message from the process. */
export type SearchResponse =
  | { readonly result: QueryResult<unknown> }
  // A plain object, because an Error loses its code when it is sent.
  | { readonly failure: { readonly message: string; readonly code?: unknown; readonly errcode?: unknown } };

// Requests for tokens have priority.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
// A terminal sends these signals to child processes too. The server ends this process itself.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});

const [file = ""] = process.argv.slice(2);
const connection = new SqliteConnection(openConnection(file, { readOnly: true }));

// See search-watchdog.ts.
const queries = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
new Worker(new URL(`./search-watchdog${extname(import.meta.url)}`, import.meta.url), {
  workerData: queries,
}).unref();

process.on("message", async (query: SearchRequest) => {
  Atomics.add(queries, 0, 1);
  const response = await connection.executeQuery(query).then(
    (result): SearchResponse => ({ result }),
    ({ message, code, errcode }): SearchResponse => ({ failure: { message, code, errcode } }),
  );
  Atomics.add(queries, 0, 1);
  // Fails only after the server has ended. Then this process ends too.
  process.send?.(response, () => {});
});
