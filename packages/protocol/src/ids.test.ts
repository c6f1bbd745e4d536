import { describe, expect, it } from "vitest";
import { canonicalGuid, isGuid } from "./ids.ts";

const GUID = "5a1c0000-0000-4000-8000-00000000000f";

describe("GUIDs", () => {
  it("accepts either case and converts to lower case", () => {
    expect(isGuid(GUID)).toBe(true);
    expect(isGuid(GUID.toUpperCase())).toBe(true);
    expect(canonicalGuid(GUID.toUpperCase())).toBe(GUID);
  });

  it.each([
    ["empty text", ""],
    ["one digit short", "5a1c0000-0000-4000-8000-00000000000"],
    ["no dashes", "5a1c000000004000800000000000000f"],
    ["braces", `{${GUID}}`],
    ["white space", ` ${GUID}`],
    ["a line after it", `${GUID}\n`],
    ["a letter beyond f", "5a1c0000-0000-4000-8000-00000000000g"],
    ["a number", 7],
    ["a list holding one", [GUID]],
    ["null", null],
  ])("refuses %s", (_what, value) => {
    expect(isGuid(value)).toBe(false);
    expect(canonicalGuid(value)).toBeUndefined();
  });
});
