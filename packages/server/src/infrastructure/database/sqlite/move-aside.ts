import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { lockDirectory } from "./directory-lock.ts";
import { databaseFile } from "./open-sqlite.ts";

/**
 * Renames the database of a data directory and its WAL to `latchkey-<suffix>.db`. Deletes nothing.
 *
 * Throws `data_directory_in_use` while a server runs there.
 *
 * @returns the new path; undefined when the directory has no database
 */
export function moveSqliteAside(directory: string, suffix: string): string | undefined {
  const file = databaseFile(directory);
  if (!existsSync(file)) return undefined;
  const aside = join(directory, `latchkey-${suffix}.db`);
  const lock = lockDirectory(directory);
  try {
    for (const part of ["", "-wal", "-shm"]) {
      if (existsSync(`${file}${part}`)) renameSync(`${file}${part}`, `${aside}${part}`);
    }
  } finally {
    lock.release();
  }
  return aside;
}
