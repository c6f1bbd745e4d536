import { expect, test } from "vitest";
import { createDeferredJob } from "./deferred-job.ts";
import { createManualClock } from "./manual-clock.ts";

test("runs once for several calls of schedule, and again for a later call", async () => {
  const clock = createManualClock(0);
  const doneAt: number[] = [];
  const job = createDeferredJob(clock, 5_000, {
    work: async () => void doneAt.push(clock.now()),
    onError: () => undefined,
  });
  job.schedule();
  await clock.advance(4_000);
  job.schedule();
  await clock.advance(20_000);
  job.schedule();
  await clock.advance(20_000);
  expect(doneAt).toEqual([5_000, 29_000]);
});

test("is scheduled again after a failure, and run() rejects with the error", async () => {
  const clock = createManualClock(0);
  const reported: unknown[] = [];
  let failures = 2;
  const job = createDeferredJob(clock, 5_000, {
    async work() {
      failures -= 1;
      if (failures >= 0) throw new Error(`${failures} more`);
    },
    onError: (error) => reported.push(error),
  });
  await expect(job.run()).rejects.toThrow("1 more");
  job.schedule();
  await clock.advance(5_000);
  expect(reported).toEqual([new Error("0 more")]);
  await clock.advance(5_000);
  expect([reported.length, failures]).toEqual([1, -1]);
});

test("never runs twice at once, and runs a last time when it stops", async () => {
  const clock = createManualClock(0);
  const steps: string[] = [];
  const job = createDeferredJob(clock, 5_000, {
    async work() {
      steps.push("begins");
      await Promise.resolve();
      steps.push("ends");
    },
    onError: () => undefined,
  });
  job.schedule();
  await Promise.all([job.run(), job.run(), job.stop()]);
  await clock.advance(10_000);
  expect(steps).toEqual(["begins", "ends", "begins", "ends", "begins", "ends"]);
});
