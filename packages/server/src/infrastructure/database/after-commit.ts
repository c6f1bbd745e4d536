import type { Write } from "./database.ts";

const waiting = new WeakMap<object, (() => void)[]>();

/**
 * Calls `callback` once what a transaction has done is stored, and never when it is not: for telling those who look
 * now and then that it is worth looking now.
 */
export function afterCommit(trx: Write, callback: () => void): void {
  waiting.get(trx)?.push(callback);
}

/** What is to be called once the transaction is stored: a list that grows while it runs. */
export function collectAfterCommit(trx: Write): readonly (() => void)[] {
  const callbacks: (() => void)[] = [];
  waiting.set(trx, callbacks);
  return callbacks;
}
