import { describe, expect, test } from "vitest";
import { looksLike, sameJson } from "./shown-output.ts";

describe("output that a document shows as text", () => {
  test.each([
    ["22", "22\n", true],
    ["22", "23", false],
    ["ready (… ms)", "ready (171 ms)", true],
    ["first…\nlast", "first\n  middle\nlast", true],
    ["first…\nlast", "first\n  middle", false],
    ["$1.50 (a|b)", "$1.50 (a|b)", true],
    ["$1.50", "$1x50", false],
  ])("%j against %j: %j", (shown, actual, same) => {
    expect(looksLike(shown, actual)).toBe(same);
  });
});

describe("output that a document shows as JSON", () => {
  test.each([
    [{ a: 1, b: [true, null] }, { b: [true, null], a: 1 }, true],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [{ a: 1, "…": "…" }, { a: 1, b: 2 }, true],
    [{ a: 1, "…": "…" }, { b: 2 }, false],
    [[1], [1, 2], false],
    [[1, "…"], [1, 2, 3], true],
    ["eyJ…", "eyJhbGciOiJ", true],
    ["eyJ…", "lks_", false],
    [null, 0, false],
    [{}, [], false],
  ])("%j against %j: %j", (shown, actual, same) => {
    expect(sameJson(shown, actual)).toBe(same);
  });
});
