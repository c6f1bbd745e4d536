import { describe, expect, test, vi } from "vitest";
import { isoTime, parseIsoTime, pauseAfterStep, repeat } from "./clock.ts";
import { createManualClock } from "./manual-clock.ts";

describe("repeat", () => {
  test("runs after each interval, not before", async () => {
    const clock = createManualClock(0);
    const runs: number[] = [];
    repeat(clock, 100, { work: async () => void runs.push(clock.now()), onError: () => {} });
    expect(runs).toEqual([]);
    await clock.advance(350);
    expect(runs).toEqual([100, 200, 300]);
  });

  test("reports an error and runs again", async () => {
    const clock = createManualClock(0);
    const errors: unknown[] = [];
    let runs = 0;
    const work = async (): Promise<void> => {
      runs += 1;
      if (runs === 1) throw new Error("first");
    };
    repeat(clock, 10, { work, onError: (error) => errors.push(error) });
    await clock.advance(30);
    expect(runs).toBe(3);
    expect(errors).toEqual([new Error("first")]);
  });

  test("never runs again after it is stopped", async () => {
    const clock = createManualClock(0);
    let runs = 0;
    const work = async (): Promise<void> => {
      runs += 1;
    };
    const stop = repeat(clock, 10, { work, onError: () => {} });
    await clock.advance(10);
    await stop();
    await clock.advance(100);
    expect(runs).toBe(1);
  });

  test("stopping waits for the run in progress", async () => {
    const clock = createManualClock(0);
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    const steps: string[] = [];
    const work = async (): Promise<void> => {
      steps.push("begin");
      await mayEnd;
      steps.push("end");
    };
    const stop = repeat(clock, 10, { work, onError: () => {} });
    const advanced = clock.advance(10);
    await Promise.resolve();
    const stopped = stop().then(() => steps.push("stopped"));
    await Promise.resolve();
    expect(steps).toEqual(["begin"]);
    end();
    await stopped;
    await advanced;
    await clock.advance(100);
    expect(steps).toEqual(["begin", "end", "stopped"]);
  });
});

describe("instants as text", () => {
  test.each([
    ["2026-01-02T03:04:05.678Z", 1_767_323_045_678],
    ["2026-01-02T03:04Z", 1_767_323_040_000],
    ["2026-01-02T05:04:05.678+02:00", 1_767_323_045_678],
    ["2026-01-01T23:34:05.678-03:30", 1_767_323_045_678],
    ["2024-02-29T00:00:00Z", 1_709_164_800_000],
  ])("%s is %d", (text, epochMs) => {
    expect(parseIsoTime(text)).toBe(epochMs);
  });

  test.each([
    ["no zone", "2026-01-02T03:04:05"],
    ["no time", "2026-01-02"],
    ["a day that the month does not have", "2026-02-30T00:00:00Z"],
    ["29 February of another year", "2026-02-29T00:00:00Z"],
    ["a thirteenth month", "2026-13-01T00:00:00Z"],
    ["24 o'clock", "2026-01-02T24:00:00Z"],
    ["a leap second", "2026-12-31T23:59:60Z"],
    ["a zone beyond a day", "2026-01-02T03:04:05+24:00"],
    ["a space before", " 2026-01-02T03:04:05Z"],
    ["a line end behind", "2026-01-02T03:04:05Z\n"],
    ["milliseconds", "1767323045678"],
    ["nothing", ""],
  ])("are rejected: %s", (_, text) => {
    expect(parseIsoTime(text)).toBeUndefined();
  });

  test("are written in UTC with milliseconds", () => {
    expect(isoTime(1_767_323_045_678)).toBe("2026-01-02T03:04:05.678Z");
    expect(isoTime(0)).toBe("1970-01-01T00:00:00.000Z");
  });
});

test("a pause after a step is the ratio times as long as the step, and at most a second", async () => {
  const wait = vi.spyOn(globalThis, "setTimeout").mockImplementation((callback) => {
    callback();
    return {} as NodeJS.Timeout;
  });
  vi.spyOn(performance, "now").mockReturnValue(5_010);
  await pauseAfterStep(5, 2);
  await pauseAfterStep(1, 2);
  const waits = wait.mock.calls.map(([, ms]) => Math.round(Number(ms)));
  vi.restoreAllMocks();
  expect(waits).toEqual([20, 1_000]);
});
