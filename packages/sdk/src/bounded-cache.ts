/** A map with a fixed capacity that evicts the least recently used entry. */
export interface BoundedCache<Value> {
  readonly size: number;
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
}

/**
 * Creates a cache.
 *
 * @param capacity the maximum number of entries, at least 1
 */
export function createBoundedCache<Value>(capacity: number): BoundedCache<Value> {
  // A Map iterates in insertion order. Each use inserts the entry again, so the first entry is the least recently
  // used.
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
