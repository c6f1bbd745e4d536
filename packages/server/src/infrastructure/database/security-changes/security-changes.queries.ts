import { afterCommit } from "../after-commit.ts";
import type { Write } from "../database.ts";
import type { LastSeen } from "./last-seen.ts";

const marked = new WeakSet<object>();

/** Marks a transaction that takes rights or access away. Its commit raises `platform.security_changes`. */
export function markSecurityChange(trx: Write): void {
  marked.add(trx);
}

/**
 * Runs the work of a transaction, and counts it when it is marked: as the last statement, because PostgreSQL then holds
 * the lock of the row only while it commits. After the commit, `lastSeen` knows the new number.
 */
export async function runCounted<T>(
  trx: Write,
  lastSeen: LastSeen,
  work: (trx: Write) => Promise<T>,
): Promise<T> {
  const result = await work(trx);
  if (marked.has(trx)) await count(trx, lastSeen);
  return result;
}

async function count(trx: Write, lastSeen: LastSeen): Promise<void> {
  const state = await trx
    .updateTable("platform")
    .set(({ eb }) => ({ security_changes: eb("security_changes", "+", 1) }))
    .returning(["gen", "security_changes as changes"])
    .executeTakeFirst();
  if (state !== undefined) afterCommit(trx, () => lastSeen.raise(state));
}
