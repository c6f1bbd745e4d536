/** A map with a fixed capacity that evicts the least recently used entry. */
export interface BoundedCache<Value> {
  readonly size: number;
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
}

/**
 * Creates a cache.
 *
 * @param capacity the maximum number of entries, at least 1
 * @param isEvictable whether an entry may be evicted; entries for which it returns false can exceed the capacity.
 *   Default: all may
 */
export function createBoundedCache<Value>(
  capacity: number,
  isEvictable: (value: Value) => boolean = () => true,
): BoundedCache<Value> {
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
      for (const [oldest, candidate] of entries) {
        if (!isEvictable(candidate)) continue;
        entries.delete(oldest);
        return;
      }
    },
    delete(key) {
      entries.delete(key);
    },
  };
}
