import { OperatorError } from "../errors/index.ts";
import { createDatabase, type Database } from "./database.ts";
import { openPostgres } from "./postgres/index.ts";
import { moveSqliteAside, openSqlite } from "./sqlite/index.ts";

/**
 * Opens the database that a URL names: `postgres://…` or `sqlite:<directory>`.
 *
 * @param onConnectionError called when an idle connection breaks
 * @param urlFile contains the URL; new connections to PostgreSQL read user and password from it
 */
export function openDatabase(
  url: string,
  onConnectionError: (error: Error) => void,
  urlFile?: string,
): Database {
  if (/^postgres(ql)?:\/\//.test(url))
    return createDatabase(openPostgres({ url, onConnectionError, urlFile }));
  if (url.startsWith("sqlite:")) return createDatabase(openSqlite(url.slice("sqlite:".length)));
  throw new TypeError("A database URL begins with postgres:// or sqlite:.");
}

/**
 * Renames the SQLite database of a URL, so that the next start creates an empty one. Deletes nothing.
 *
 * Throws `data_directory_in_use` while a server uses it, `invalid_configuration` for a URL of PostgreSQL.
 *
 * @param suffix of the new name
 * @returns the new path; undefined when there is no database yet
 */
export function moveDatabaseAside(url: string, suffix: string): string | undefined {
  if (url.startsWith("sqlite:")) return moveSqliteAside(url.slice("sqlite:".length), suffix);
  throw new OperatorError(
    "invalid_configuration",
    "--reset moves a SQLite database aside. With PostgreSQL, use an empty database or schema.",
  );
}
