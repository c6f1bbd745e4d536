import { afterCommit } from "../after-commit.ts";
import type { Write } from "../database.ts";
import type { LastSeen } from "./last-seen.ts";

/** Whether a transaction waits for others that are counted at the same time, or is then not counted itself. */
type Counting = "wait" | "skip";

const marked = new WeakMap<object, Counting>();

/**
 * Marks a transaction that takes rights or access away. Its commit raises `platform.security_changes`.
 *
 * @param counting `skip` for frequent changes of apps, which must not delay the changes of others. Default `wait`
 */
export function markSecurityChange(trx: Write, counting: Counting = "wait"): void {
  marked.set(trx, counting);
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
  const counting = marked.get(trx);
  if (counting !== undefined) await count(trx, lastSeen, counting);
  return result;
}

async function count(trx: Write, lastSeen: LastSeen, counting: Counting): Promise<void> {
  const update = trx
    .updateTable("platform")
    .set(({ eb }) => ({ security_changes: eb("security_changes", "+", 1) }))
    .returning(["gen", "security_changes as changes"]);
  const unlocked = trx.selectFrom("platform").select("id").forUpdate().skipLocked();
  const state = await (counting === "skip" ? update.where("id", "in", unlocked) : update).executeTakeFirst();
  if (state !== undefined) afterCommit(trx, () => lastSeen.raise(state));
}
