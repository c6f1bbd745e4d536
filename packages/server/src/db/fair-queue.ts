import { ApiError } from "../errors/index.ts";

/** Lets work wait until there is a slot for it; keys take turns, and none gets all the slots. */
export interface FairQueue {
  /** Throws `RESOURCE_EXHAUSTED` when too much waits under this key already. */
  run<T>(key: string, work: () => Promise<T>): Promise<T>;
}

/** How much a {@link FairQueue} lets run, and wait. */
export interface FairQueueSizes {
  /** How many pieces of work run at once. */
  readonly slots: number;
  /** … and under one key; less than `slots` leaves some for others. */
  readonly slotsPerKey: number;
  readonly waitingPerKey: number;
}

export function createFairQueue({ slots, slotsPerKey, waitingPerKey }: FairQueueSizes): FairQueue {
  /** By key; keys that were served last come last. */
  const waiting = new Map<string, (() => void)[]>();
  const running = new Map<string, number>();
  let taken = 0;

  const hasSlot = (key: string): boolean => taken < slots && (running.get(key) ?? 0) < slotsPerKey;
  const take = (key: string): void => {
    taken += 1;
    running.set(key, (running.get(key) ?? 0) + 1);
  };
  const give = (key: string): void => {
    taken -= 1;
    const left = (running.get(key) ?? 0) - 1;
    if (left > 0) running.set(key, left);
    else running.delete(key);
  };
  const startNext = (): void => {
    for (const [key, turns] of waiting) {
      if (!hasSlot(key)) continue;
      const begin = turns.shift();
      waiting.delete(key);
      if (turns.length > 0) waiting.set(key, turns);
      take(key);
      begin?.();
      return;
    }
  };
  const turn = (key: string): Promise<void> => {
    const turns = waiting.get(key) ?? [];
    if (turns.length >= waitingPerKey) {
      throw new ApiError("RESOURCE_EXHAUSTED", {
        message: "Too many queries of this app are waiting; send the next ones when some were answered.",
        headers: { "retry-after": "1" },
      });
    }
    waiting.set(key, turns);
    return new Promise((resolve) => turns.push(resolve));
  };

  return {
    async run(key, work) {
      if (hasSlot(key) && !waiting.has(key)) take(key);
      else await turn(key);
      try {
        return await work();
      } finally {
        give(key);
        startNext();
      }
    },
  };
}
