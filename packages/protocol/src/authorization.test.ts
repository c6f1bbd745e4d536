import { expect, test } from "vitest";
import { parseAuthorization, parseBearerToken } from "./index.ts";

test.each([
  ["Bearer abc", { scheme: "bearer", value: "abc" }],
  ["bEaReR abc", { scheme: "bearer", value: "abc" }],
  ["Basic abc", { scheme: "basic", value: "abc" }],
  ["abc", { scheme: "none", value: "abc" }],
  ["Bearer  abc", { scheme: "bearer", value: " abc" }],
  ["Token abc", undefined],
  [" abc", undefined],
  ["", undefined],
  [null, undefined],
  [undefined, undefined],
])("reads Authorization %j", (header, expected) => {
  expect(parseAuthorization(header)).toEqual(expected);
});

test.each([
  ["Bearer abc", "abc"],
  ["bEaReR abc", "abc"],
  ["abc", "abc"],
  ["Basic abc", undefined],
  ["Token abc", undefined],
  ["", undefined],
  [null, undefined],
])("reads the token of Authorization %j", (header, expected) => {
  expect(parseBearerToken(header)).toBe(expected);
});
