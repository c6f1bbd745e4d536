import { DatabaseSync } from "node:sqlite";

/** Opens a connection to a SQLite file, in WAL mode, with every commit on disk before it is acknowledged. */
export function openConnection(file: string, { readOnly }: { readOnly: boolean }): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly, timeout: 5_000 });
  database.exec("PRAGMA cache_size = -16384; PRAGMA mmap_size = 268435456; PRAGMA temp_store = MEMORY;");
  if (!readOnly) database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
  return database;
}
