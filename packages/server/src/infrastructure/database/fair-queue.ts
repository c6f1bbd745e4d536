import { ApiError } from "../errors/index.ts";

/**
 * Lets work wait until there is a slot for it. A key takes a slot only while it holds fewer than are free, so that
 * two keys never hold them all; keys that wait take turns.
 */
export interface FairQueue {
  /**
   * Throws `RESOURCE_EXHAUSTED` when too much waits under this key already, and the reason of `signal` when it is
   * aborted before `work` begins.
   */
  run<T>(key: string, work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** How much a {@link FairQueue} lets run, and wait. */
export interface FairQueueSizes {
  /** How many pieces of work run at once; from four on, two keys leave one free. */
  readonly slots: number;
  readonly waitingPerKey: number;
}

export function createFairQueue({ slots, waitingPerKey }: FairQueueSizes): FairQueue {
  /** By key; keys that were served last come last. */
  const waiting = new Map<string, (() => void)[]>();
  const running = new Map<string, number>();
  let free = slots;

  const mayTake = (key: string): boolean => (running.get(key) ?? 0) < free;
  const take = (key: string): void => {
    free -= 1;
    running.set(key, (running.get(key) ?? 0) + 1);
  };
  const give = (key: string): void => {
    free += 1;
    const left = (running.get(key) ?? 0) - 1;
    if (left > 0) running.set(key, left);
    else running.delete(key);
  };
  const startWaiting = (): void => {
    // A copy, because a key that is served moves to the end.
    for (const [key, turns] of [...waiting]) {
      if (!mayTake(key)) continue;
      const begin = turns.shift();
      waiting.delete(key);
      if (turns.length > 0) waiting.set(key, turns);
      take(key);
      begin?.();
    }
  };
  const turn = (key: string, signal: AbortSignal): Promise<void> => {
    const turns = waiting.get(key) ?? [];
    if (turns.length >= waitingPerKey) {
      throw new ApiError("RESOURCE_EXHAUSTED", {
        message: "Too many queries of this app are waiting; send the next ones when some were answered.",
        headers: { "retry-after": "1" },
      });
    }
    waiting.set(key, turns);
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      const leave = (): void => {
        turns.splice(turns.indexOf(begin), 1);
        if (turns.length === 0) waiting.delete(key);
        reject(signal.reason);
      };
      turns.push(begin);
      signal.addEventListener("abort", leave, { once: true });
    });
  };

  return {
    async run(key, work, signal) {
      signal.throwIfAborted();
      if (mayTake(key) && !waiting.has(key)) take(key);
      else await turn(key, signal);
      try {
        return await work();
      } finally {
        give(key);
        startWaiting();
      }
    },
  };
}
