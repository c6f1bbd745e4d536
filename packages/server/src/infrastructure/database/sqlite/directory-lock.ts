import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { OperatorError } from "../../errors/index.ts";

const sqliteBusy = 5;
// A lock that nobody refers to would be collected as garbage, and with that released.
const held = new Set<DatabaseSync>();

/** Held while a process uses a data directory. */
export interface DirectoryLock {
  release(): void;
}

/**
 * Takes a directory for this process: an exclusive transaction on a separate `lock.db`, which the operating system
 * ends with the process however it dies, so that no stale lock can remain.
 *
 * Throws `data_directory_in_use`, naming the holder's process id.
 */
export function lockDirectory(directory: string): DirectoryLock {
  const holderFile = join(directory, "lock.pid");
  const lock = openLock(join(directory, "lock.db"));
  if (lock === undefined) {
    throw new OperatorError("data_directory_in_use", holderText(holderFile, directory));
  }
  writeFileSync(holderFile, String(process.pid), { mode: 0o600 });
  held.add(lock);
  return {
    release() {
      held.delete(lock);
      lock.close();
    },
  };
}

/** Undefined when another process has it. */
function openLock(file: string): DatabaseSync | undefined {
  let lock: DatabaseSync | undefined;
  try {
    createPrivately(file);
    // Two that try at the same moment may both find the other in the way: they try again.
    lock = new DatabaseSync(file, { timeout: 250 });
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
    // The holder has not written its number yet.
  }
  return `${directory} is held by another Latchkey${holder}. Stop it, or set LATCHKEY_DATA_DIR to another directory.`;
}

/** Makes an empty file that only its owner may read, in whatever directory; leaves one that is there as it is. */
export function createPrivately(file: string): void {
  try {
    // Exclusive: to open and close a file that another connection has locked would take its lock away.
    closeSync(openSync(file, "wx", 0o600));
  } catch (error) {
    if ((error as { code?: unknown }).code !== "EEXIST") throw error;
  }
}
