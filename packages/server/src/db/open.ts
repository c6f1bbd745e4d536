import { createDatabase, type Database } from "./database.ts";
import { openPostgres } from "./postgres/index.ts";
import { openSqlite } from "./sqlite/index.ts";

/**
 * Opens the database that a URL names: `postgres://…` or `sqlite:<directory>`.
 *
 * @param onConnectionError told of connections that break while idle
 */
export function openDatabase(url: string, onConnectionError: (error: Error) => void): Database {
  if (/^postgres(ql)?:\/\//.test(url)) return createDatabase(openPostgres({ url, onConnectionError }));
  if (url.startsWith("sqlite:"))
    return createDatabase(openSqlite({ directory: url.slice("sqlite:".length) }));
  throw new TypeError("A database URL begins with postgres:// or sqlite:.");
}
