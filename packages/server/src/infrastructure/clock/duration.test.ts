import { expect, test } from "vitest";
import { describeOffset, isClockTime, parseDuration } from "./duration.ts";

test.each([
  [0, 0],
  [250, 250],
  [34_560_000_000, 34_560_000_000],
  ["0ms", 0],
  ["1ms", 1],
  ["90s", 90_000],
  ["15m", 900_000],
  ["4h", 14_400_000],
  ["400d", 34_560_000_000],
])("%j is %d milliseconds", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

const noTexts = [
  "",
  "4",
  "h",
  "4 hours",
  "4H",
  " 4h",
  "4h\n",
  "-4h",
  "1.5h",
  "1e3s",
  "4h30m",
  "401d",
  "9999999999ms",
];
const noNumbers = [-1, 0.5, 34_560_000_001, Number.NaN, Number.POSITIVE_INFINITY];

test.each([...noTexts, ...noNumbers, undefined, null, true, {}, [1], ["4h"], 4n])(
  "%s is no duration",
  (value) => {
    expect(parseDuration(value)).toBeUndefined();
  },
);

test("a clock is set to whole milliseconds in the years 1970 to 2999", () => {
  for (const time of [0, 1_767_323_045_678, Date.UTC(3000, 0) - 1]) expect(isClockTime(time)).toBe(true);
  for (const other of [
    -1,
    0.5,
    Date.UTC(3000, 0),
    Number.NaN,
    Number.POSITIVE_INFINITY,
    "0",
    null,
    new Date(0),
  ]) {
    expect(isClockTime(other)).toBe(false);
  }
});

test.each([
  [0, "+0s"],
  [14_400_000, "+4h"],
  [93_600_000, "+1d 2h"],
  [93_661_001, "+1d 2h"],
  [-5_678, "-5s 678ms"],
  [2_592_000_000, "+30d"],
])("an offset of %d milliseconds is shown as %s", (ms, text) => {
  expect(describeOffset(ms)).toBe(text);
});
