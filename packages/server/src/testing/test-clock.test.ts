import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "./index.ts";

const start = 1_767_323_045_678;
let platform: TestPlatform;

beforeAll(async () => {
  platform = await createTestPlatform({ now: start });
});
afterAll(() => platform.close());

test("FR-D4: the clock takes milliseconds, and the durations of POST /dev/clock", async () => {
  await platform.clock.set(start);
  for (const [duration, now] of [
    [250, start + 250],
    ["4h", start + 250 + 14_400_000],
    ["0ms", start + 250 + 14_400_000],
  ] as const) {
    await platform.clock.advance(duration);
    expect(platform.clock.now()).toBe(now);
  }
});

test.each([
  ["4 hours", '"4 hours"'],
  ["14400000", '"14400000"'],
  ["401d", '"401d"'],
  [Number.NaN, "NaN"],
  [Number.POSITIVE_INFINITY, "Infinity"],
  [-1, "-1"],
  [0.5, "0.5"],
  [{ hours: 4 }, "an object"],
  [undefined, "undefined"],
])("FR-D4: the clock rejects an advance by %j and does not move", async (duration, shown) => {
  const before = platform.clock.now();
  await expect(platform.clock.advance(duration as number)).rejects.toMatchObject({
    code: "invalid_time",
    message: `clock.advance takes whole milliseconds, or a number and ms, s, m, h or d such as "4h", at most 400 days; got ${shown}.`,
  });
  expect(platform.clock.now()).toBe(before);
});

test.each([
  ["2026-06-01T12:00:00Z", '"2026-06-01T12:00:00Z"'],
  [new Date(start), "an object"],
  [Number.NaN, "NaN"],
  [-1, "-1"],
  [Date.UTC(3000, 0), "32503680000000"],
])("FR-D4: a platform is not started at %j, and its clock not set to it", async (now, shown) => {
  const takes =
    'takes epoch milliseconds in the years 1970 to 2999, such as Date.parse("2026-06-01T12:00:00Z")';
  await expect(createTestPlatform({ now: now as number })).rejects.toMatchObject({
    code: "invalid_time",
    message: `now ${takes}; got ${shown}.`,
  });
  const before = platform.clock.now();
  await expect(platform.clock.set(now as number)).rejects.toMatchObject({
    code: "invalid_time",
    message: `clock.set ${takes}; got ${shown}.`,
  });
  expect(platform.clock.now()).toBe(before);
});

test("timers of an app run in real time, while the clock stands still", async () => {
  const before = platform.clock.now();
  await new Promise<void>((resolve) => platform.clock.after(5, resolve));
  expect(platform.clock.now()).toBe(before);
});

test("FR-D1: the clock of a platform begins at the real time and does not move", async () => {
  const before = Date.now();
  const other = await createTestPlatform();
  const first = other.clock.now();
  expect(first).toBeGreaterThanOrEqual(before);
  expect(first).toBeLessThanOrEqual(Date.now());
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(other.clock.now()).toBe(first);
  await other.close();
});
