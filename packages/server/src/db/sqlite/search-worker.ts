// A thread with a read-only connection of its own: answers one query after the other (see search.ts).
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { CompiledQuery, QueryResult } from "kysely";
import { openConnection } from "./connection.ts";
import { SqliteConnection } from "./driver.ts";

/** What a query is answered with. */
export type SearchAnswer =
  | { readonly result: QueryResult<unknown> }
  // An Error would lose the code on its way.
  | { readonly failure: { readonly message: string; readonly code?: unknown; readonly errcode?: unknown } };

const connection = new SqliteConnection(openConnection(workerData as string, { readOnly: true }));
const port = parentPort as MessagePort;
port.on("message", (query: Pick<CompiledQuery, "sql" | "parameters">) => {
  connection.executeQuery(query).then(
    (result) => port.postMessage({ result } satisfies SearchAnswer),
    ({ message, code, errcode }) =>
      port.postMessage({ failure: { message, code, errcode } } satisfies SearchAnswer),
  );
});
