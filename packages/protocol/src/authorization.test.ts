import { expect, test } from "vitest";
import { parseAuthorization } from "./index.ts";

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
