import { ApiError } from "../errors/index.ts";

/**
 * A queue of work with a limited number of slots. A key may use a slot only while it uses fewer slots than are free, so
 * that two keys never use all of them. Waiting keys take turns.
 */
export interface FairQueue {
  /**
   * Throws `RESOURCE_EXHAUSTED` when too much work of this key waits, and the reason of `signal` when it is aborted
   * before `work` begins.
   */
  run<T>(key: string, work: () => Promise<T>, signal: AbortSignal): Promise<T>;
  /** How much work runs and waits now. */
  usage(): Readonly<Record<"running" | "waiting", number>>;
}

export interface FairQueueLimits {
  /** Work that runs at once. With four slots or more, two keys leave one free. */
  readonly slots: number;
  readonly waitingPerKey: number;
}

export function createFairQueue({ slots, waitingPerKey }: FairQueueLimits): FairQueue {
  /** Waiting work by key. The key that was served last comes last. */
  const waiting = new Map<string, (() => void)[]>();
  const running = new Map<string, number>();
  let free = slots;

  const mayAcquire = (key: string): boolean => (running.get(key) ?? 0) < free;
  const acquire = (key: string): void => {
    free -= 1;
    running.set(key, (running.get(key) ?? 0) + 1);
  };
  const release = (key: string): void => {
    free += 1;
    const left = (running.get(key) ?? 0) - 1;
    if (left > 0) running.set(key, left);
    else running.delete(key);
  };
  const startNext = (): void => {
    // A copy, because a key that is served moves to the end.
    for (const [key, queued] of [...waiting]) {
      if (!mayAcquire(key)) continue;
      const begin = queued.shift();
      waiting.delete(key);
      if (queued.length > 0) waiting.set(key, queued);
      acquire(key);
      begin?.();
    }
  };
  const wait = (key: string, signal: AbortSignal): Promise<void> => {
    const queued = waiting.get(key) ?? [];
    if (queued.length >= waitingPerKey) {
      throw new ApiError("RESOURCE_EXHAUSTED", {
        message: "Too many queries of this app are waiting; wait until some have ended.",
        headers: { "retry-after": "1" },
      });
    }
    waiting.set(key, queued);
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      const leave = (): void => {
        queued.splice(queued.indexOf(begin), 1);
        if (queued.length === 0) waiting.delete(key);
        reject(signal.reason);
      };
      queued.push(begin);
      signal.addEventListener("abort", leave, { once: true });
    });
  };

  return {
    async run(key, work, signal) {
      signal.throwIfAborted();
      if (mayAcquire(key) && !waiting.has(key)) acquire(key);
      else await wait(key, signal);
      try {
        return await work();
      } finally {
        release(key);
        startNext();
      }
    },
    usage: () => ({ running: slots - free, waiting: [...waiting.values()].flat().length }),
  };
}
