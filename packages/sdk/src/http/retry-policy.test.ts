import { START } from "@latchkey/test-support/sdk/test-clock";
import { describe, expect, it } from "vitest";
import { LatchkeyError } from "../errors.ts";
import { type Outcome, retryAfterMs, retryDelay } from "./retry-policy.ts";

const response = (status: number, retryAfter?: string): Outcome => ({
  status,
  headers: new Headers(retryAfter === undefined ? {} : { "retry-after": retryAfter }),
});
const failure = (
  code: "timeout" | "network" | "aborted" | "unexpected_response",
  retryable = true,
): Outcome => ({
  error: new LatchkeyError(code, "It failed.", { retryable }),
});
const NEVER = undefined;

describe("when a request is sent again, and after how many milliseconds", () => {
  it.each([
    ["200", response(200), NEVER, NEVER],
    ["400", response(400), NEVER, NEVER],
    ["401", response(401), NEVER, NEVER],
    ["404", response(404), NEVER, NEVER],
    ["429", response(429), 125, 125],
    ["429 with Retry-After", response(429, "2"), 2_125, 2_125],
    ["503 with Retry-After", response(503, "2"), 2_125, 2_125],
    ["503 with an invalid Retry-After", response(503, "soon"), 125, NEVER],
    ["503", response(503), 125, NEVER],
    ["500", response(500), 125, NEVER],
    ["502", response(502), 125, NEVER],
    ["504", response(504), 125, NEVER],
    ["501", response(501), NEVER, NEVER],
    ["500 with Retry-After", response(500, "2"), 2_125, NEVER],
    ["a time-out", failure("timeout"), 125, NEVER],
    ["a network error", failure("network"), 125, NEVER],
    ["https to a port that speaks http", failure("network", false), NEVER, NEVER],
    ["an abort", failure("aborted"), NEVER, NEVER],
    ["a redirect", failure("unexpected_response"), NEVER, NEVER],
    ["a foreign error", { error: new Error("bug") }, NEVER, NEVER],
  ])("%s", (_what, outcome, forReads, forWrites) => {
    const input = { outcome, attempts: 1, now: START, random: 0.5 };
    expect(retryDelay({ ...input, idempotent: true })).toBe(forReads);
    expect(retryDelay({ ...input, idempotent: false })).toBe(forWrites);
  });

  it("waits up to twice as long before the third attempt, and sends no fourth", () => {
    const input = { outcome: response(429), idempotent: true, now: START };
    expect(retryDelay({ ...input, attempts: 1, random: 0.999 })).toBe(249.75);
    expect(retryDelay({ ...input, attempts: 2, random: 0.999 })).toBe(499.5);
    expect(retryDelay({ ...input, attempts: 2, random: 0 })).toBe(0);
    expect(retryDelay({ ...input, attempts: 3, random: 0 })).toBeUndefined();
  });

  it.each([
    [null, undefined],
    ["0", 0],
    ["7", 7_000],
    ["61", 60_000],
    ["99999999999999999999", 60_000],
    ["-1", undefined],
    ["1.5", undefined],
    ["Fri, 02 Jan 2026 03:04:15 GMT", 10_000],
    ["Fri, 02 Jan 2026 03:04:00 GMT", 0],
    ["Fri, 02 Jan 2027 03:04:05 GMT", 60_000],
    ["", undefined],
  ])("reads Retry-After %j as %j ms", (header, ms) => {
    expect(retryAfterMs(header, START)).toBe(ms);
  });
});
