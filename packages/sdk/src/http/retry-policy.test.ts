import { describe, expect, it } from "vitest";
import { LatchkeyError } from "../errors.ts";
import { START } from "../testing/test-clock.ts";
import { type Outcome, retryAfterMs, retryDelay } from "./retry-policy.ts";

const answer = (status: number, retryAfter?: string): Outcome => ({
  status,
  headers: new Headers(retryAfter === undefined ? {} : { "retry-after": retryAfter }),
});
const failure = (code: "timeout" | "network" | "aborted" | "unexpected_response"): Outcome => ({
  error: new LatchkeyError(code, "It failed."),
});
const NEVER = undefined;

describe("when a request is sent again, and after how many milliseconds", () => {
  it.each([
    ["200", answer(200), NEVER, NEVER],
    ["400", answer(400), NEVER, NEVER],
    ["401", answer(401), NEVER, NEVER],
    ["404", answer(404), NEVER, NEVER],
    ["429", answer(429), 125, 125],
    ["429 with Retry-After", answer(429, "2"), 2_125, 2_125],
    ["503 with Retry-After", answer(503, "2"), 2_125, 2_125],
    ["503 with a Retry-After that says nothing", answer(503, "soon"), 125, NEVER],
    ["503", answer(503), 125, NEVER],
    ["500", answer(500), 125, NEVER],
    ["502", answer(502), 125, NEVER],
    ["504", answer(504), 125, NEVER],
    ["501", answer(501), NEVER, NEVER],
    ["500 with Retry-After", answer(500, "2"), 2_125, NEVER],
    ["a time-out", failure("timeout"), 125, NEVER],
    ["a network error", failure("network"), 125, NEVER],
    ["an abort", failure("aborted"), NEVER, NEVER],
    ["a redirect", failure("unexpected_response"), NEVER, NEVER],
    ["a foreign error", { error: new Error("bug") }, NEVER, NEVER],
  ])("%s", (_what, outcome, forReads, forWrites) => {
    const question = { outcome, attempts: 1, now: START, random: 0.5 };
    expect(retryDelay({ ...question, idempotent: true })).toBe(forReads);
    expect(retryDelay({ ...question, idempotent: false })).toBe(forWrites);
  });

  it("waits up to twice as long before the third try, and sends no fourth", () => {
    const question = { outcome: answer(429), idempotent: true, now: START };
    expect(retryDelay({ ...question, attempts: 1, random: 0.999 })).toBe(249.75);
    expect(retryDelay({ ...question, attempts: 2, random: 0.999 })).toBe(499.5);
    expect(retryDelay({ ...question, attempts: 2, random: 0 })).toBe(0);
    expect(retryDelay({ ...question, attempts: 3, random: 0 })).toBeUndefined();
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
