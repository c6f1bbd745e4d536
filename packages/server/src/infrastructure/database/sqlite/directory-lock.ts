import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { OperatorError } from "../../errors/index.ts";
import { sqlite } from "./node-sqlite.ts";

const sqliteBusy = 5;
// Keeps a reference to each lock, because garbage collection would release it.
const held = new Set<DatabaseSync>();

/** The lock of a data directory. */
export interface DirectoryLock {
  release(): void;
}

/**
 * Locks a directory by an exclusive transaction on `lock.db`. The operating system releases the lock when the process
 * ends in any way, so no stale lock remains. Throws `data_directory_in_use`, which names the process id of the holder.
 */
export function lockDirectory(directory: string): DirectoryLock {
  const holderFile = join(directory, "lock.pid");
  const lock = openLock(join(directory, "lock.db"));
  if (lock === undefined) throw new OperatorError("data_directory_in_use", holderText(holderFile, directory));
  writeFileSync(holderFile, String(process.pid), { mode: 0o600 });
  held.add(lock);
  return {
    release() {
      held.delete(lock);
      lock.close();
    },
  };
}

/** Returns undefined when another process holds the lock. */
function openLock(file: string): DatabaseSync | undefined {
  let lock: DatabaseSync | undefined;
  try {
    createPrivately(file);
    // Two processes that try at once may block each other, so SQLite retries.
    lock = new sqlite.DatabaseSync(file, { timeout: 250 });
    lock.exec("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE;");
    return lock;
  } catch (cause) {
    lock?.close();
    if ((cause as { errcode?: unknown }).errcode === sqliteBusy) return undefined;
    throw new Error(`${file} cannot be opened.`, { cause });
  }
}

function holderText(holderFile: string, directory: string): string {
  let holder = "";
  try {
    holder = ` (process ${readFileSync(holderFile, "utf8")})`;
  } catch {
    // The holder has not written its process id yet.
  }
  return `${directory} is locked by another Latchkey${holder}. Stop it, or set LATCHKEY_DATA_DIR to another directory.`;
}

/** Creates an empty file that only its owner may read. Does not change an existing file. */
export function createPrivately(file: string): void {
  try {
    // Opens exclusively, because closing a file releases the locks of other connections to it.
    closeSync(openSync(file, "wx", 0o600));
  } catch (error) {
    if ((error as { code?: unknown }).code !== "EEXIST") throw error;
  }
}
