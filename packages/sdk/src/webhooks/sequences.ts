import { createBoundedCache } from "../bounded-cache.ts";

/** Events of an installation that have not come, although a later one has. */
export interface MissingEvents {
  readonly from: number;
  readonly to: number;
}

/** Watches the numbers of what comes. */
export interface Sequences {
  /** What lies between this number and the highest before it; undefined when nothing does, or nothing is known. */
  note(instanceId: string, sequence: number | undefined): MissingEvents | undefined;
}

/** @param capacity how many installations are watched; the one longest silent goes first */
export function watchSequences(capacity = 10_000): Sequences {
  const highest = createBoundedCache<number>(capacity);
  return {
    note(instanceId, sequence) {
      if (sequence === undefined) return undefined;
      const before = highest.get(instanceId);
      if (before !== undefined && sequence <= before) return undefined;
      highest.set(instanceId, sequence);
      return before === undefined || sequence === before + 1
        ? undefined
        : { from: before + 1, to: sequence - 1 };
    },
  };
}
