import { AsyncLocalStorage } from "node:async_hooks";
import type { Clock } from "../clock/index.ts";

/** The time that the searches of some work have run, in milliseconds. */
interface SearchTime {
  readonly clock: Clock;
  ms: number;
}

const measured = new AsyncLocalStorage<SearchTime>();

/**
 * Runs work, and then calls `used` with the time that its searches ran, also when they fail. Waiting for a connection
 * does not count.
 */
export async function measureSearches<T>(
  clock: Clock,
  work: () => Promise<T>,
  used: (ms: number) => void,
): Promise<T> {
  const time = { clock, ms: 0 };
  try {
    return await measured.run(time, work);
  } finally {
    used(time.ms);
  }
}

/** Returns a function that measures a search for the work that started it. */
export function searchTimer(): <T>(search: () => Promise<T>) => Promise<T> {
  const time = measured.getStore();
  return async (search) => {
    if (time === undefined) return await search();
    const began = time.clock.now();
    try {
      return await search();
    } finally {
      time.ms += Math.max(0, time.clock.now() - began);
    }
  };
}
