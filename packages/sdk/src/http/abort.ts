import type { Clock } from "../clock.ts";
import { LatchkeyError } from "../errors.ts";

/**
 * Waits for `work` until `signal` aborts. The work itself continues for other waiters.
 *
 * @throws {LatchkeyError} `aborted`
 */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(abortedError());
    const settled = (): void => signal.removeEventListener("abort", abort);
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).then(settled, settled);
    if (signal.aborted) abort();
  });
}

/**
 * Waits for `ms` milliseconds.
 *
 * @throws {LatchkeyError} `aborted` as soon as `signal` aborts
 */
export function sleep(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: { cancel(): void } | undefined;
  const slept = new Promise<void>((resolve) => {
    timer = clock.after(ms, resolve);
  });
  return untilAborted(slept, signal).finally(() => timer?.cancel());
}

/**
 * Throws when `signal` has already aborted.
 *
 * @throws {LatchkeyError} `aborted`
 */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortedError();
}

/** Creates the error of an aborted call. */
export function abortedError(): LatchkeyError {
  return new LatchkeyError("aborted", "The call was aborted by its AbortSignal.");
}
