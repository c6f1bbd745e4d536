import type { DatabaseConnection, Kysely, QueryResult } from "kysely";
import { systemClock } from "../clock/index.ts";
import { ApiError } from "../errors/index.ts";
import type { FairQueue } from "../fair-queue/index.ts";
import { searchTimer } from "./search-time.ts";

/** How long a search may run, in milliseconds. */
export const searchLimitMs = 5_000;

export const maxWaitingPerKey = 256;

/** See `Database.search`. */
export type Search<Tables> = <T>(
  key: string,
  work: (db: Kysely<Tables>) => Promise<T>,
  client?: AbortSignal,
) => Promise<T>;

/**
 * Creates `Database.search`.
 *
 * @param searcher its driver must pass the signal of `acquireConnection` to {@link runCancellable}
 */
export function createSearch<Tables>(searcher: Kysely<Tables>, queue: FairQueue): Search<Tables> {
  return async (key, work, client) => {
    const stop = new AbortController();
    const { signal } = stop;
    const leave = (): void => stop.abort(new ApiError("CLIENT_LEFT"));
    if (client?.aborted) leave();
    client?.addEventListener("abort", leave, { once: true });
    // The limit starts with the connection, because a database that is down is not an expensive query.
    const limited = async (db: Kysely<Tables>) => {
      const limit = systemClock.after(searchLimitMs, () => stop.abort(new ApiError("QUERY_TOO_EXPENSIVE")));
      try {
        return await work(db);
      } finally {
        limit.cancel();
      }
    };
    const timed = searchTimer();
    const begin = () => searcher.connection().execute((db) => timed(() => limited(db)), { signal });
    try {
      return await queue.run(key, begin, signal);
    } finally {
      client?.removeEventListener("abort", leave);
    }
  };
}

/**
 * Runs a query, and cancels it when `signal` is aborted. Throws the reason of the signal for a query that was cancelled
 * or not begun, and `QUERY_TOO_EXPENSIVE` for one that the database has stopped.
 */
export async function runCancellable<T>(
  connection: DatabaseConnection,
  run: () => Promise<QueryResult<T>>,
  signal: AbortSignal,
): Promise<QueryResult<T>> {
  signal.throwIfAborted();
  let cancelling: Promise<void> | undefined;
  const cancel = (): void => {
    // If cancelling fails, the timeout of the database ends the query.
    cancelling = cancelQuery(connection).catch(() => {});
  };
  signal.addEventListener("abort", cancel, { once: true });
  try {
    return await run();
  } catch (error) {
    if (!wasCancelled(error)) throw error;
    throw signal.aborted ? signal.reason : new ApiError("QUERY_TOO_EXPENSIVE", { cause: error });
  } finally {
    signal.removeEventListener("abort", cancel);
    // A late cancellation would cancel the next query of the connection.
    await cancelling;
  }
}

async function cancelQuery(connection: DatabaseConnection): Promise<void> {
  await connection.collectSessionInfo?.();
  await connection.cancelQuery?.(async (cancel) => cancel(connection));
}

/** PostgreSQL's `query_canceled`, SQLite's `SQLITE_INTERRUPT`. */
function wasCancelled(error: unknown): boolean {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  return code === "57014" || (code === "ERR_SQLITE_ERROR" && errcode === 9);
}
