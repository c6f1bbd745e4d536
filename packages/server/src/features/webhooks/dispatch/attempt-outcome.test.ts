import { describe, expect, test } from "vitest";
import { classifyAttempt } from "./attempt-outcome.ts";
import { deliveryPolicies } from "./delivery-policies.ts";

const { standard, wix } = deliveryPolicies;
const response = (status: number, headers: Readonly<Record<string, string>> = {}, body = "OK") =>
  ({ outcome: "response", status, headers, body, truncated: false, durationMs: 12 }) as const;

describe("the outcome of an attempt", () => {
  test.each([
    ["wix", 200, "delivered", null],
    ["wix", 201, "wrong_status", "The endpoint responded with 201; only 200 counts under this policy."],
    ["wix", 204, "wrong_status", "The endpoint responded with 204; only 200 counts under this policy."],
    ["wix", 301, "redirect", "The endpoint responded with 301; redirects are not followed."],
    ["wix", 410, "wrong_status", "The endpoint responded with 410; only 200 counts under this policy."],
    ["standard", 200, "delivered", null],
    ["standard", 299, "delivered", null],
    ["standard", 300, "redirect", "The endpoint responded with 300; redirects are not followed."],
    ["standard", 399, "redirect", "The endpoint responded with 399; redirects are not followed."],
    ["standard", 400, "wrong_status", "The endpoint responded with 400; only 200 to 299 count."],
    ["standard", 500, "wrong_status", "The endpoint responded with 500; only 200 to 299 count."],
  ] as const)("under policy %s, status %d is %s", (policy, status, outcome, detail) => {
    expect(classifyAttempt(deliveryPolicies[policy], response(status))).toEqual({
      ...{ outcome, status, detail, response: "OK", retryAfter: undefined, durationMs: 12 },
    });
  });

  test("of a request without a response is its failure, without a status", () => {
    const result = {
      outcome: "failure",
      failure: "timeout",
      detail: "No response",
      durationMs: 1_250,
    } as const;
    expect(classifyAttempt(wix, result)).toEqual({
      ...{ outcome: "timeout", status: null, response: null, detail: "No response" },
      ...{ retryAfter: undefined, durationMs: 1_250 },
    });
  });

  test("has the Retry-After header", () => {
    expect(classifyAttempt(standard, response(503, { "retry-after": "120" })).retryAfter).toBe("120");
  });

  test("has at most 4,096 characters of the body, without NUL characters", () => {
    expect(classifyAttempt(wix, response(500, {}, `a\0b${"c".repeat(5_000)}`)).response).toBe(
      `ab${"c".repeat(4_094)}`,
    );
  });
});
