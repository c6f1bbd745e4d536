import { describe, expect, it } from "vitest";
import { createBoundedCache } from "./bounded-cache.ts";

describe("bounded cache", () => {
  it("evicts the least recently used entry", () => {
    const cache = createBoundedCache<number>(2);
    cache.set("a", 1);
    cache.set("b", 2);
    expect(cache.get("a")).toBe(1);
    cache.set("c", 3);
    expect([cache.get("a"), cache.get("b"), cache.get("c")]).toEqual([1, undefined, 3]);
  });

  it("counts a key once when it is set again", () => {
    const cache = createBoundedCache<number>(2);
    cache.set("a", 1);
    cache.set("b", 2);
    cache.set("b", 3);
    expect([cache.size, cache.get("a"), cache.get("b")]).toEqual([2, 1, 3]);
  });

  it("evicts the oldest evictable entry", () => {
    const cache = createBoundedCache<number>(2, (value) => value > 0);
    cache.set("busy", 0);
    cache.set("a", 1);
    cache.set("b", 2);
    expect([cache.get("busy"), cache.get("a"), cache.get("b"), cache.size]).toEqual([0, undefined, 2, 2]);
    cache.delete("b");
    expect([cache.get("b"), cache.size]).toEqual([undefined, 1]);
  });

  it("never exceeds its capacity", () => {
    const cache = createBoundedCache<number>(15_000);
    for (let index = 0; index < 100_000; index += 1) cache.set(`instance-${index}`, index);
    expect(cache.size).toBe(15_000);
    expect(cache.get("instance-99999")).toBe(99_999);
    expect(cache.get("instance-84999")).toBeUndefined();
  });
});
