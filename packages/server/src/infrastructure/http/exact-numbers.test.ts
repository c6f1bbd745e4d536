import { describe, expect, test } from "vitest";
import { findInexactNumber } from "./exact-numbers.ts";

describe("FR-E8: a number", () => {
  test.each([
    ...["0", "-0", "0.0", "1", "-1.50", "0.1", "1e3", "1E+3", "25e-1", "100000000000000000000"],
    ...["9007199254740991", "9007199254740992", "-9007199254740991", "0.30000000000000004", "0e999"],
    ...["1.7976931348623157e308", "5e-324", "1234567890.10000000000"],
  ])("that a double holds is exact: %s", (number) => {
    expect(findInexactNumber(`{"a":[${number}]}`)).toBeUndefined();
  });

  test.each([
    ...["9007199254740993", "7615917337495251231", "-9007199254740993", "1e400", "-1e400", "1e-400"],
    ...["3.14159265358979323846", "0.1000000000000000055511151231257827", "9007199254740992.5"],
  ])("that parsing changes is found: %s", (number) => {
    expect(findInexactNumber(`{"a":${number}}`)).toBe(5);
  });

  test("in a string is not a number", () => {
    expect(findInexactNumber('{"9007199254740993":"1 \\" 9007199254740993","b":1}')).toBeUndefined();
  });

  test("is found in time that grows with the length of the text", () => {
    const text = `["${"\\\\".repeat(500_000)}",${"9".repeat(500_000)}]`;
    expect(findInexactNumber(text)).toBe(1_000_004);
  });
});
