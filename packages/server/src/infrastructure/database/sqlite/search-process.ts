// A process with a read-only connection of its own: it answers one query after the other (see search.ts).
import { constants, setPriority } from "node:os";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { CompiledQuery, QueryResult } from "kysely";
import { openConnection, SqliteConnection } from "./connection.ts";

/** What the process is sent. */
export type SearchQuestion = Pick<CompiledQuery, "sql" | "parameters">;

/** What it answers. */
export type SearchAnswer =
  | { readonly result: QueryResult<unknown> }
  // A plain object, because an Error loses its code on the way.
  | { readonly failure: { readonly message: string; readonly code?: unknown; readonly errcode?: unknown } };

// Requests for tokens get the processor first.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
// A terminal sends these to the server's processes too. The server decides when a query ends.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});

const [file = ""] = process.argv.slice(2);
const connection = new SqliteConnection(openConnection(file, { readOnly: true }));

// See search-watchdog.ts.
const queries = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
new Worker(new URL(`./search-watchdog${extname(import.meta.url)}`, import.meta.url), {
  workerData: queries,
}).unref();

process.on("message", async (question: SearchQuestion) => {
  Atomics.add(queries, 0, 1);
  const answer = await connection.executeQuery(question).then(
    (result): SearchAnswer => ({ result }),
    ({ message, code, errcode }): SearchAnswer => ({ failure: { message, code, errcode } }),
  );
  Atomics.add(queries, 0, 1);
  // Fails only when the server is gone, and then this process ends.
  process.send?.(answer, () => {});
});
