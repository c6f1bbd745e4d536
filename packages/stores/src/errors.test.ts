import { documentedErrors, statusesOf } from "@latchkey/test-support/error-document";
import { describe, expect, test } from "vitest";
import { storesErrors } from "./errors.ts";

const documented = documentedErrors("Errors of the Stores API");

test("the document has every error of Stores with its status, in this order, and no other", () => {
  expect(statusesOf(documented)).toEqual(
    Object.fromEntries(Object.values(storesErrors).map(({ code, status }) => [code, status])),
  );
  expect(documented.map(({ code }) => code)).toEqual(Object.keys(storesErrors));
});

describe("the document says when it happens and what to do, in sentences, for", () => {
  test.each(documented)("$code", ({ facts }) => {
    expect(facts.When).toMatch(/^\S.{15,}\.$/);
    expect(facts.Do).toMatch(/^\S.{10,}\.$/);
  });
});

test.each(Object.values(storesErrors))("$code says in a sentence what is wrong", ({ text }) => {
  expect(text).toMatch(/^[A-Z].+\.$/);
});
