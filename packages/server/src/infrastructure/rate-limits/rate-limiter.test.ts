import { expect, test } from "vitest";
import { createManualClock } from "../clock/index.ts";
import { createRateLimiter } from "./rate-limiter.ts";

const start = Date.parse("2026-01-02T03:04:05.678Z");

function limiterOf(limit: number, maxCallers?: number) {
  const clock = createManualClock(start);
  const limiter = createRateLimiter({ clock, limit, ...(maxCallers === undefined ? {} : { maxCallers }) });
  const takeMany = (caller: string, count: number) =>
    Array.from({ length: count }, () => limiter.take(caller));
  return { clock, ...limiter, takeMany };
}

test("allows all calls of a minute at once", () => {
  const { takeMany } = limiterOf(3);
  expect(takeMany("a", 4)).toEqual([0, 0, 0, 20_000]);
});

test("counts each caller separately", () => {
  const { take, takeMany } = limiterOf(3);
  takeMany("a", 3);
  expect(take("b")).toBe(0);
  expect(take("a")).toBe(20_000);
});

test("returns the exact time until the next call is allowed", async () => {
  const { clock, take, takeMany } = limiterOf(3);
  takeMany("a", 3);
  await clock.advance(5_000);
  expect(take("a")).toBe(15_000);
  await clock.advance(15_000);
  expect([take("a"), take("a")]).toEqual([0, 20_000]);
});

test("a rejected call does not count", async () => {
  const { clock, take, takeMany } = limiterOf(3);
  takeMany("a", 50);
  await clock.advance(20_000);
  expect(take("a")).toBe(0);
});

test("after an idle minute all calls are allowed again, and no more", async () => {
  const { clock, takeMany } = limiterOf(3);
  takeMany("a", 3);
  await clock.advance(3_600_000);
  expect(takeMany("a", 4)).toEqual([0, 0, 0, 20_000]);
});

test("a limit that does not divide a minute evenly is exact", () => {
  const { takeMany } = limiterOf(7);
  const waits = takeMany("a", 8);
  expect(waits.slice(0, 7)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  expect(Math.ceil(waits[7] ?? 0)).toBe(8_572);
});

test("a clock that is set back blocks no caller", async () => {
  const { clock, takeMany } = limiterOf(3);
  takeMany("a", 3);
  await clock.set(start - 3_600_000);
  expect(takeMany("a", 4)).toEqual([0, 0, 0, 20_000]);
});

test("a charge delays the next calls of a caller, by at most another minute", async () => {
  const { charge, clock, take } = limiterOf(3);
  charge("a", 4);
  expect(take("a")).toBe(40_000);
  charge("a", 1_000);
  expect([take("a"), take("b")]).toEqual([80_000, 0]);
  await clock.advance(80_000);
  expect([take("a"), take("a")]).toEqual([0, 20_000]);
});

test("drops the longest idle caller when there are too many", () => {
  const { take, takeMany } = limiterOf(1, 2);
  expect([take("a"), take("b"), take("c")]).toEqual([0, 0, 0]);
  expect([take("c"), take("b")]).toEqual([60_000, 60_000]);
  expect(takeMany("a", 2)).toEqual([0, 60_000]);
});
