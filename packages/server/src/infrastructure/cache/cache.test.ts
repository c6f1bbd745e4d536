import { expect, test } from "vitest";
import { createCache } from "./cache.ts";

test("creates a value once for each key", () => {
  const cache = createCache<string, object>({ maxEntries: 10 });
  const first = cache.getOrCreate("a", () => ({}));
  expect(cache.getOrCreate("a", () => ({}))).toBe(first);
  expect(cache.getOrCreate("b", () => ({}))).not.toBe(first);
});

test("drops the least recently used entry when it is full", () => {
  const cache = createCache<number, number>({ maxEntries: 2 });
  const created: number[] = [];
  for (const key of [1, 2, 1, 3, 3, 1, 2]) cache.getOrCreate(key, () => created.push(key));
  expect(created).toEqual([1, 2, 3, 2]);
});

test("replaces a value, deletes it, and then has none", () => {
  const cache = createCache<string, number>({ maxEntries: 10 });
  expect(cache.get("a")).toBeUndefined();
  cache.set("a", 1);
  cache.set("a", 2);
  expect(cache.get("a")).toBe(2);
  cache.delete("a");
  expect(cache.get("a")).toBeUndefined();
});

test("is limited by the size of its values", () => {
  const cache = createCache<string, string>({
    maxEntries: 10,
    bytes: { max: 10, sizeOf: (value) => value.length },
  });
  cache.set("a", "1234");
  cache.set("b", "1234");
  cache.set("c", "1234");
  expect(["a", "b", "c"].map((key) => cache.get(key))).toEqual([undefined, "1234", "1234"]);
  cache.set("larger than the cache", "12345678901");
  expect(cache.get("larger than the cache")).toBeUndefined();
  expect(cache.get("c")).toBe("1234");
});

test("does not cache an error", () => {
  const cache = createCache<string, string>({ maxEntries: 10 });
  const failing = () => {
    throw new Error("not now");
  };
  expect(() => cache.getOrCreate("a", failing)).toThrow("not now");
  expect(cache.getOrCreate("a", () => "created")).toBe("created");
});
