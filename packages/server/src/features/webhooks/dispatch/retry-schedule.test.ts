import { describe, expect, test } from "vitest";
import { deliveryPolicies } from "./delivery-policies.ts";
import { nextAttemptAt } from "./retry-schedule.ts";

const now = 1_767_323_045_678;
const { standard, wix } = deliveryPolicies;
const delayAfter = (
  policy: typeof wix,
  attempts: number,
  { random = 0, retryAfter }: { random?: number; retryAfter?: string } = {},
) => {
  const next = nextAttemptAt(policy, { attempts, now, retryAfter }, random);
  return next === undefined ? undefined : next - now;
};

describe("the retry schedule", () => {
  test("of wix has 12 retries, in minutes after the previous failure", () => {
    const delays = Array.from({ length: 13 }, (_, index) => delayAfter(wix, index + 1));
    expect(delays.map((delay) => (delay === undefined ? undefined : delay / 60_000))).toEqual([
      ...[1, 10, 60, 120, 120, 120, 240, 240, 240, 480, 480, 720, undefined],
    ]);
  });

  test("of standard has 10 retries, in seconds after the previous failure", () => {
    const delays = Array.from({ length: 11 }, (_, index) => delayAfter(standard, index + 1));
    expect(delays.map((delay) => (delay === undefined ? undefined : delay / 1_000))).toEqual([
      ...[10, 60, 300, 1_800, 3_600, 10_800, 21_600, 43_200, 72_000, 100_800, undefined],
    ]);
  });

  test.each([
    ["standard", 0, 10_000],
    ["standard", 0.5, 10_500],
    ["standard", 1, 11_000],
    ["wix", 1, 60_000],
  ] as const)("of %s with random number %d begins with %d ms", (policy, random, delay) => {
    expect(delayAfter(deliveryPolicies[policy], 1, { random })).toBe(delay);
  });

  test.each([
    ["standard", "120", 120_000],
    ["standard", "1", 10_000],
    ["standard", "999999999", 86_400_000],
    ["standard", "9999999999", 10_000],
    ["standard", "Fri, 02 Jan 2026 03:06:05 GMT", 119_322],
    ["standard", "Fri, 02 Jan 2026 03:00:00 GMT", 10_000],
    ["standard", "-5", 10_000],
    ["standard", "soon", 10_000],
    ["wix", "7200", 60_000],
  ] as const)("of %s with Retry-After: %s begins with %d ms", (policy, retryAfter, delay) => {
    expect(delayAfter(deliveryPolicies[policy], 1, { retryAfter })).toBe(delay);
  });

  test("ends after its last retry, whatever Retry-After says", () => {
    expect(delayAfter(standard, 11, { retryAfter: "120" })).toBe(undefined);
  });
});
