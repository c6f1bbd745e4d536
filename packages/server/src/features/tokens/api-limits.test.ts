import { expect, test } from "vitest";
import { createManualClock } from "../../infrastructure/clock/index.ts";
import { ApiLimits } from "./api-limits.ts";

const clock = createManualClock(1_767_323_045_678);
const call = (appId: string, instanceId: string) => ({ appId, instanceId });

/** Takes calls until one is rejected. */
function callsOf(limits: ApiLimits, caller: { appId: string; instanceId: string }): number {
  for (let calls = 0; ; calls += 1) {
    try {
      limits.take(caller);
    } catch (error) {
      expect(error).toMatchObject({ code: "RESOURCE_EXHAUSTED", status: 429, reason: "rate_limited" });
      return calls;
    }
  }
}

test("count the calls of an app for all its instances, and of each instance", () => {
  const limits = new ApiLimits(clock, { app: 5, instance: 3 });
  expect(callsOf(limits, call("app", "one"))).toBe(3);
  expect(callsOf(limits, call("app", "two"))).toBe(2);
  expect(callsOf(limits, call("other", "three"))).toBe(3);
});

test("name the limit that is exceeded", () => {
  const limits = new ApiLimits(clock, { app: 1 });
  limits.take(call("app", "one"));
  expect(() => limits.take(call("app", "two"))).toThrow(
    "This app may make 1 calls a minute; the next one may come in 60 s.",
  );
});

test("count a search of 800 ms like 17 calls, and one of 2 ms like one (FR-A18)", () => {
  const [slow, fast] = [call("slow", "a"), call("fast", "b")];
  const limits = new ApiLimits(clock, { app: 100, instance: 20 });
  for (const [caller, ms] of [
    [slow, 800],
    [fast, 2],
  ] as const) {
    limits.take(caller);
    limits.searched(caller, ms);
  }
  expect(callsOf(limits, slow)).toBe(3);
  expect(callsOf(limits, fast)).toBe(19);
  expect(callsOf(limits, call("slow", "another"))).toBe(20);
});
