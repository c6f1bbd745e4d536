import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import {
  type Dialect,
  type Driver,
  type SelectModifierNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { Engine } from "../database.ts";
import { openConnection } from "./connection.ts";
import { createPrivately, type DirectoryLock, lockDirectory } from "./directory-lock.ts";
import { SqliteReadingDriver } from "./reading-driver.ts";
import { RowCache } from "./row-cache.ts";
import { SqliteSearchDriver } from "./search.ts";
import { prepareRead } from "./statement-tables.ts";
import { SqliteWritingDriver } from "./writing-driver.ts";

/** Maximum number of search processes. */
const searchSlots = 4;

/**
 * Opens SQLite in a data directory with one connection for writing and one for reading. Throws `data_directory_in_use`
 * while another process uses the directory.
 */
export function openSqlite(directory: string): Engine {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const lock = lockDirectory(directory);
  const file = databaseFile(directory);
  try {
    return openFile(file, lock);
  } catch (cause) {
    lock.release();
    throw new Error(`${file} cannot be opened.`, { cause });
  }
}

/** The database file of a data directory. */
export function databaseFile(directory: string): string {
  return join(directory, "latchkey.db");
}

function openFile(file: string, lock: DirectoryLock): Engine {
  const openWriter = (): DatabaseSync => openConnection(file, { readOnly: false });
  // SQLite creates the WAL with the same mode.
  createPrivately(file);
  // The file has to exist, in WAL mode, before a read-only connection can open it.
  openWriter().close();
  const reader = openConnection(file, { readOnly: true });
  const rowCache = new RowCache();
  const writer = new SqliteWritingDriver(openWriter, (changed) => rowCache.drop(changed));
  const searcher = new SqliteSearchDriver(file);
  return {
    name: "sqlite",
    writer: sqliteDialect(() => writer),
    reader: sqliteDialect(() => new SqliteReadingDriver(reader)),
    searcher: { dialect: sqliteDialect(() => searcher), slots: searchSlots },
    prepare(sql, isCached) {
      const { statement, tables } = prepareRead(reader, sql);
      const read = (parameters: readonly unknown[]) => statement.all(...(parameters as SQLInputValue[]));
      const run = isCached === undefined ? read : rowCache.wrap(tables, read, isCached);
      return async (parameters) => run(parameters);
    },
    pools: () => [writer.usage("main"), searcher.usage("search", searchSlots)],
    async release() {
      // Kysely closes it if it was used for a query.
      if (reader.isOpen) reader.close();
      lock.release();
    },
  };
}

function sqliteDialect(createDriver: () => Driver): Dialect {
  return {
    createAdapter: () => new SharedSqliteAdapter(),
    createDriver,
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new LocklessSqliteCompiler(),
  };
}

class SharedSqliteAdapter extends SqliteAdapter {
  // SqliteWritingDriver serializes access. With the mutex of Kysely, a nested connection would deadlock.
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

class LocklessSqliteCompiler extends SqliteQueryCompiler {
  // Omits row locks: a write transaction locks the whole database.
  protected override visitSelectModifier(node: SelectModifierNode): void {
    if (!/^(For|SkipLocked)/.test(node.modifier ?? "")) super.visitSelectModifier(node);
  }
}
