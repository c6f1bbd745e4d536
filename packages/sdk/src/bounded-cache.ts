/** A map that holds a fixed number of entries and lets go of the one longest unused. */
export interface BoundedCache<Value> {
  readonly size: number;
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
}

/** @param capacity how many entries it holds at most, 1 or more */
export function createBoundedCache<Value>(capacity: number): BoundedCache<Value> {
  // A Map iterates in the order of insertion, so an entry set again on each use makes the first one the oldest.
  const entries = new Map<string, Value>();
  return {
    get size() {
      return entries.size;
    },
    get(key) {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      entries.delete(key);
      entries.set(key, value);
      return value;
    },
    set(key, value) {
      entries.delete(key);
      entries.set(key, value);
      if (entries.size <= capacity) return;
      for (const oldest of entries.keys()) {
        entries.delete(oldest);
        return;
      }
    },
  };
}
