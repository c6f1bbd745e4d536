import { documentedErrors, statusesOf } from "@latchkey/test-support/error-document";
import { describe, expect, test } from "vitest";
import { storesErrors } from "./errors.ts";

const documented = documentedErrors("Errors of the Stores API");

test("the document lists exactly the errors of Stores, with status, in this order", () => {
  expect(statusesOf(documented)).toEqual(
    Object.fromEntries(Object.values(storesErrors).map(({ code, status }) => [code, status])),
  );
  expect(documented.map(({ code }) => code)).toEqual(Object.keys(storesErrors));
});

describe("the document gives cause and solution of", () => {
  test.each(documented)("$code", ({ facts }) => {
    expect(facts.When).toMatch(/^\S.{15,}\.$/);
    expect(facts.Do).toMatch(/^\S.{10,}\.$/);
  });
});

test.each(Object.values(storesErrors))("the text of $code is a sentence", ({ text }) => {
  expect(text).toMatch(/^[A-Z].+\.$/);
});
