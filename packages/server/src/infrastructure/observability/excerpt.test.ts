import { expect, test } from "vitest";
import { excerpt, withoutCredentials } from "./excerpt.ts";

test.each([
  ["no such order 42", "no such order 42"],
  [
    "<!DOCTYPE html><title>Error</title>\n<pre>Error: boom<br> at app.js</pre>",
    "Error Error: boom at app.js",
  ],
  [`{"secret":"lks_abc","token":"eyJhbGciOiJFUzI1NiJ9.eyJzdWIi.c2ln"}`, '{"secret":"…","token":"…"}'],
  [
    `key ${"k".repeat(40)} of 1a7c4e70-0000-4000-8000-000000000003`,
    "key … of 1a7c4e70-0000-4000-8000-000000000003",
  ],
  ["word ".repeat(40), `${"word ".repeat(24)}…`],
])("an excerpt of a response has its first words, and no secrets: %j", (body, shown) => {
  expect(excerpt(body)).toBe(shown);
});

test("a path keeps its ids", () => {
  const path = "/admin/v1/apps/1a7c4e70-0000-4000-8000-000000000001/webhooks";
  expect(withoutCredentials(path)).toBe(path);
  expect(withoutCredentials(`/x/${"A".repeat(43)}/y`)).toBe("/x/…/y");
});
