import { LRUCache } from "lru-cache";

/** A bounded cache in memory. It drops the entry that was not used for the longest time. */
export interface Cache<Key, Value> {
  get(key: Key): Value | undefined;
  set(key: Key, value: Value): void;
  delete(key: Key): void;
  /** Returns the cached value, or creates it and caches it. An error of `create` is not cached. */
  getOrCreate(key: Key, create: () => Value): Value;
}

interface CacheLimits<Key, Value> {
  readonly maxEntries: number;
  /** For values of different sizes. Default: not limited by bytes. */
  readonly bytes?: { readonly max: number; readonly sizeOf: (value: Value, key: Key) => number };
}

/**
 * Creates a cache.
 *
 * @example
 * const keys = createCache<string, KeyObject>({ maxEntries: 1_000 });
 * const key = keys.getOrCreate(row.kid, () => createPrivateKey(unseal(row)));
 */
export function createCache<Key extends string | number, Value extends {}>({
  bytes,
  maxEntries,
}: CacheLimits<Key, Value>): Cache<Key, Value> {
  const cache = new LRUCache<Key, Value>({
    max: maxEntries,
    ...(bytes && { maxSize: bytes.max, sizeCalculation: bytes.sizeOf }),
  });
  return {
    get: (key) => cache.get(key),
    set: (key, value) => void cache.set(key, value),
    delete: (key) => void cache.delete(key),
    getOrCreate(key, create) {
      const cached = cache.get(key);
      if (cached !== undefined) return cached;
      const created = create();
      cache.set(key, created);
      return created;
    },
  };
}
