import { closeSync, openSync } from "node:fs";

/** Makes an empty file that only its owner may read, in whatever directory; leaves one that is there as it is. */
export function createPrivately(file: string): void {
  try {
    // Exclusive: to open and close a file that another connection has locked would take its lock away.
    closeSync(openSync(file, "wx", 0o600));
  } catch (error) {
    if ((error as { code?: unknown }).code !== "EEXIST") throw error;
  }
}
