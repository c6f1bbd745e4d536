import { describe, expect, it } from "vitest";
import { lifetimeMs, renewalBackoff, renewalTime } from "./token-lifetime.ts";

const HOUR = 3_600_000;
const tokenOf = (life: number) => ({ token: "t", expiresAt: 10 * HOUR, lifetimeMs: life });

describe("the lifetime of a token", () => {
  it.each([
    [14_400, 14_400_000],
    ["14400", 14_400_000],
    [0.5, 500],
    [undefined, 300_000],
    [null, 300_000],
    [Number.NaN, 300_000],
    [Number.POSITIVE_INFINITY, 300_000],
    [0, 300_000],
    [-1, 300_000],
    ["soon", 300_000],
    ["", 300_000],
    [true, 300_000],
    [{}, 300_000],
  ])("reads expires_in %j as %i ms", (expiresIn, ms) => {
    expect(lifetimeMs(expiresIn)).toBe(ms);
  });

  it.each([
    ["four hours: a tenth of it", 4 * HOUR, 24 * 60_000],
    ["five minutes: a minute", 300_000, 60_000],
    ["one minute: half of it", 60_000, 30_000],
    ["one second: half of it", 1_000, 500],
  ])("is renewed before its expiry, for %s", (_what, life, window) => {
    expect(10 * HOUR - renewalTime(tokenOf(life), 0.5)).toBe(window);
  });

  it("is renewed up to a tenth of that window earlier or later", () => {
    expect(10 * HOUR - renewalTime(tokenOf(300_000), 0)).toBe(54_000);
    expect(10 * HOUR - renewalTime(tokenOf(300_000), 0.75)).toBe(63_000);
  });

  it("is renewed later after each failed renewal, by up to a minute", () => {
    expect([1, 2, 3, 6, 7, 50].map((failures) => renewalBackoff(failures, 0.5))).toEqual([
      750, 1_500, 3_000, 24_000, 45_000, 45_000,
    ]);
    expect(renewalBackoff(1, 0)).toBe(500);
  });
});
