import { ApiError } from "../errors/index.ts";

/**
 * A queue of work with a limited number of slots. Work has one key or several, such as its app and its host. A key may use
 * a slot only while it uses fewer slots than are free, so that two keys never use all of them. Waiting keys take turns.
 */
export interface FairQueue {
  /**
   * Throws `RESOURCE_EXHAUSTED` when too much work of a key waits. When `signal` is aborted before `work` begins,
   * throws the reason of the signal.
   */
  run<T>(keys: string | readonly string[], work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** How much work runs and waits now. */
  usage(): Readonly<Record<"running" | "waiting", number>>;
}

export interface FairQueueLimits {
  /** Work that runs at once. With four slots or more, two keys leave one free. */
  readonly slots: number;
  readonly waitingPerKey: number;
}

interface WaitingWork {
  readonly keys: readonly string[];
  readonly begin: () => void;
}

export function createFairQueue({ slots, waitingPerKey }: FairQueueLimits): FairQueue {
  /** Waiting work by its keys. Keys that were served last come last. */
  const waiting = new Map<string, WaitingWork[]>();
  const waitingBy = new Map<string, number>();
  const running = new Map<string, number>();
  let free = slots;

  const mayAcquire = (keys: readonly string[]): boolean =>
    keys.every((key) => (running.get(key) ?? 0) < free);
  const acquire = (keys: readonly string[]): void => {
    free -= 1;
    add(running, keys, 1);
  };
  const release = (keys: readonly string[]): void => {
    free += 1;
    add(running, keys, -1);
  };
  const startNext = (): void => {
    // A copy, because work that begins moves its keys to the end.
    for (const [id, queued] of [...waiting]) {
      if (free === 0) return;
      const [next] = queued;
      if (next === undefined || !mayAcquire(next.keys)) continue;
      queued.shift();
      waiting.delete(id);
      if (queued.length > 0) waiting.set(id, queued);
      acquire(next.keys);
      next.begin();
    }
  };
  const wait = (keys: readonly string[], signal: AbortSignal | undefined): Promise<void> => {
    if (keys.some((key) => (waitingBy.get(key) ?? 0) >= waitingPerKey)) {
      throw new ApiError("RESOURCE_EXHAUSTED", {
        message: "Too much work of this app is waiting; wait until some has ended.",
        headers: { "retry-after": "1" },
      });
    }
    const id = keys.join(" ");
    const queued = waiting.get(id) ?? [];
    waiting.set(id, queued);
    add(waitingBy, keys, 1);
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        signal?.removeEventListener("abort", leave);
        add(waitingBy, keys, -1);
        resolve();
      };
      const work = { keys, begin };
      const leave = (): void => {
        queued.splice(queued.indexOf(work), 1);
        if (queued.length === 0) waiting.delete(id);
        add(waitingBy, keys, -1);
        reject(signal?.reason);
      };
      queued.push(work);
      signal?.addEventListener("abort", leave, { once: true });
    });
  };

  return {
    async run(given, work, signal) {
      const keys = typeof given === "string" ? [given] : given;
      signal?.throwIfAborted();
      if (mayAcquire(keys) && !waiting.has(keys.join(" "))) acquire(keys);
      else await wait(keys, signal);
      try {
        return await work();
      } finally {
        release(keys);
        startNext();
      }
    },
    usage: () => ({ running: slots - free, waiting: [...waiting.values()].flat().length }),
  };
}

function add(counts: Map<string, number>, keys: readonly string[], change: number): void {
  for (const key of keys) {
    const count = (counts.get(key) ?? 0) + change;
    if (count > 0) counts.set(key, count);
    else counts.delete(key);
  }
}
