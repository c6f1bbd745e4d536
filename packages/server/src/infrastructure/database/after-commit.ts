import type { Write } from "./database.ts";

const waiting = new WeakMap<object, (() => void)[]>();

/** Calls `callback` after the transaction is committed, never after a rollback. For waking pollers. */
export function afterCommit(trx: Write, callback: () => void): void {
  waiting.get(trx)?.push(callback);
}

/** Returns the list of callbacks of a transaction, which grows while the transaction runs. */
export function collectAfterCommit(trx: Write): readonly (() => void)[] {
  const callbacks: (() => void)[] = [];
  waiting.set(trx, callbacks);
  return callbacks;
}
