import { beforeEach, expect, test } from "vitest";
import { createManualClock } from "../clock/index.ts";
import { createLog } from "./log.ts";
import { createSampledWarnings, type Warn } from "./sampled-warnings.ts";

const clock = createManualClock(1_767_323_045_678);
let lines: unknown[][];
let warn: Warn;
beforeEach(() => {
  lines = [];
  const log = { ...createLog("silent"), warn: (...line: unknown[]) => void lines.push(line) };
  warn = createSampledWarnings({ clock, log });
});

test("FR-B13: many warnings of a subject are two lines a minute: the first, and the number of the others", async () => {
  for (let n = 0; n < 1_350; n += 1) warn("webhook", { deliveryId: n }, "a delivery failed");
  await clock.advance(60_000);
  expect(lines).toEqual([
    [{ deliveryId: 0, sampled: true }, "a delivery failed"],
    [{ deliveryId: 1_349, sampled: true, repeated: 1_349 }, "a delivery failed; repeated within a minute"],
  ]);
  warn("webhook", { deliveryId: 1_350 }, "a delivery failed");
  await clock.advance(60_000);
  expect(lines.slice(2)).toEqual([[{ deliveryId: 1_350, sampled: true }, "a delivery failed"]]);
});

test("each subject is counted apart, up to 10,000", async () => {
  for (let n = 0; n < 10_002; n += 1) warn(`webhook ${n}`, { n }, "failed");
  expect(lines).toHaveLength(10_001);
  await clock.advance(60_000);
  expect(lines.slice(10_001)).toEqual([
    [{ n: 10_001, sampled: true, repeated: 1 }, "failed; repeated within a minute"],
  ]);
});
