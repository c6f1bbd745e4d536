import { expect, test } from "vitest";
import { createManualClock } from "../../infrastructure/clock/index.ts";
import { createBreaker } from "./breaker.ts";

const start = Date.parse("2026-01-02T03:04:05.678Z");

function failing(times: number) {
  const clock = createManualClock(start);
  const breaker = createBreaker(clock);
  for (let count = 0; count < times; count += 1) breaker.note("a", false);
  return { breaker, clock };
}

test("four failures close nothing", () => {
  expect(failing(4).breaker.admit("a")).toBe(undefined);
});

test("after five in a row an endpoint is left alone for 30 seconds, and no other is", () => {
  const { breaker } = failing(5);
  expect(breaker.admit("a")).toBe(start + 30_000);
  expect(breaker.admit("b")).toBe(undefined);
});

test("an answer between them makes it forget", () => {
  const { breaker } = failing(4);
  breaker.note("a", true);
  breaker.note("a", false);
  expect(breaker.admit("a")).toBe(undefined);
});

test("then one is let through for a trial, and the others wait for how it ends", async () => {
  const { breaker, clock } = failing(5);
  await clock.advance(30_000);
  expect(breaker.admit("a")).toBe(undefined);
  expect(breaker.admit("a")).toBe(start + 60_000);
  breaker.note("a", true);
  expect(breaker.admit("a")).toBe(undefined);
});

test("a trial that fails begins another pause", async () => {
  const { breaker, clock } = failing(5);
  await clock.advance(30_000);
  expect(breaker.admit("a")).toBe(undefined);
  await clock.advance(5_000);
  breaker.note("a", false);
  expect(breaker.admit("a")).toBe(start + 65_000);
});

test("a trial that is never heard of again keeps nobody out for longer than a pause", async () => {
  const { breaker, clock } = failing(5);
  await clock.advance(30_000);
  breaker.admit("a");
  await clock.advance(30_000);
  expect(breaker.admit("a")).toBe(undefined);
});

test("a clock that is set back keeps nobody out for longer than a pause", async () => {
  const { breaker, clock } = failing(5);
  await clock.set(start - 3_600_000);
  expect(breaker.admit("a")).toBe(undefined);
});
