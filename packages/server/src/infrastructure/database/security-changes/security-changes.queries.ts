import { afterCommit } from "../after-commit.ts";
import type { Write } from "../database.ts";
import type { LastSeen } from "./last-seen.ts";

const marked = new WeakSet<object>();

/** Marks a transaction that takes rights or access away. Its commit raises `platform.security_changes`. */
export function markSecurityChange(trx: Write): void {
  marked.add(trx);
}

/**
 * Counts a marked transaction, as its last statement: PostgreSQL holds the lock of the row only while it commits. After
 * the commit, `lastSeen` knows the new number.
 */
export async function countSecurityChange(trx: Write, lastSeen: LastSeen): Promise<void> {
  if (!marked.has(trx)) return;
  const state = await trx
    .updateTable("platform")
    .set(({ eb }) => ({ security_changes: eb("security_changes", "+", 1) }))
    .returning(["gen", "security_changes as changes"])
    .executeTakeFirst();
  if (state !== undefined) afterCommit(trx, () => lastSeen.raise(state));
}
