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
import { SqliteDriver } from "./driver.ts";
import { SqliteSearchDriver } from "./search.ts";

/** Processes that search at once, at most. */
const searchSlots = 4;

/** Where SQLite keeps its file. */
export interface SqliteOptions {
  readonly directory: string;
}

/**
 * SQLite in a directory of its own: one connection that writes, one that only reads, WAL, every commit on disk
 * before it is acknowledged. Throws `data_directory_in_use` while another process holds the directory.
 */
export function openSqlite({ directory }: SqliteOptions): Engine {
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

/** Where the database of a data directory is. */
export function databaseFile(directory: string): string {
  return join(directory, "latchkey.db");
}

function openFile(file: string, lock: DirectoryLock): Engine {
  const openWriter = (): DatabaseSync => openConnection(file, { readOnly: false });
  // What SQLite puts beside the file has the same mode.
  createPrivately(file);
  // The file has to exist, in WAL mode, before a read-only connection can open it.
  openWriter().close();
  const reader = openConnection(file, { readOnly: true });
  return {
    name: "sqlite",
    writer: sqliteDialect(() => new SqliteDriver(openWriter, true)),
    reader: sqliteDialect(() => new SqliteDriver(() => reader, false)),
    searcher: { dialect: sqliteDialect(() => new SqliteSearchDriver(file)), slots: searchSlots },
    prepare(sql) {
      const statement = reader.prepare(sql);
      return async (parameters) => statement.all(...(parameters as SQLInputValue[]));
    },
    async release() {
      // Closed already where the query builder has used it.
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
  // Ours to serialise (see SqliteDriver): the library's own mutex would hang where `nested_connection` must be thrown.
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

class LocklessSqliteCompiler extends SqliteQueryCompiler {
  // A write transaction has the whole database to itself: what PostgreSQL locks row by row needs no words here.
  protected override visitSelectModifier(node: SelectModifierNode): void {
    if (!/^(For|SkipLocked)/.test(node.modifier ?? "")) super.visitSelectModifier(node);
  }
}
