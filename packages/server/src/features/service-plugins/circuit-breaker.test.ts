import { expect, test } from "vitest";
import { createManualClock } from "../../infrastructure/clock/index.ts";
import { CircuitBreaker } from "./circuit-breaker.ts";

const start = Date.parse("2026-01-02T03:04:05.678Z");

function failing(times: number) {
  const clock = createManualClock(start);
  const breaker = new CircuitBreaker(clock);
  for (let count = 0; count < times; count += 1) breaker.record("a", false);
  return { breaker, clock };
}

test("four failures in a row do not open the circuit", () => {
  expect(failing(4).breaker.admit("a")).toBe(undefined);
});

test("five failures in a row open the circuit of that endpoint for 30 seconds, and of no other", () => {
  const { breaker } = failing(5);
  expect(breaker.admit("a")).toBe(start + 30_000);
  expect(breaker.admit("b")).toBe(undefined);
});

test("a success resets the count", () => {
  const { breaker } = failing(4);
  breaker.record("a", true);
  breaker.record("a", false);
  expect(breaker.admit("a")).toBe(undefined);
});

test("after the pause one call is admitted as a trial, and others are rejected until it has ended", async () => {
  const { breaker, clock } = failing(5);
  await clock.advance(30_000);
  expect(breaker.admit("a")).toBe(undefined);
  expect(breaker.admit("a")).toBe(start + 60_000);
  breaker.record("a", true);
  expect(breaker.admit("a")).toBe(undefined);
});

test("a trial that fails starts another pause", async () => {
  const { breaker, clock } = failing(5);
  await clock.advance(30_000);
  expect(breaker.admit("a")).toBe(undefined);
  await clock.advance(5_000);
  breaker.record("a", false);
  expect(breaker.admit("a")).toBe(start + 65_000);
});

test("a trial that never ends blocks other calls for one pause only", async () => {
  const { breaker, clock } = failing(5);
  await clock.advance(30_000);
  breaker.admit("a");
  await clock.advance(30_000);
  expect(breaker.admit("a")).toBe(undefined);
});

test("a clock that is set back does not extend the pause", async () => {
  const { breaker, clock } = failing(5);
  await clock.set(start - 3_600_000);
  expect(breaker.admit("a")).toBe(undefined);
});
