import { documentedErrors, statusesOf } from "@latchkey/test-support/error-document";
import { describe, expect, test } from "vitest";
import { apiErrors, oauthErrors, operatorErrors } from "./catalogue.ts";

test("the document has every error of the APIs with its status, and no other", () => {
  expect(statusesOf(documentedErrors("Errors of the APIs"))).toEqual(
    Object.fromEntries(Object.entries(apiErrors).map(([code, { status }]) => [code, status])),
  );
});

test("the document has every error of the OAuth endpoints with its status, and no other", () => {
  expect(statusesOf(documentedErrors("Errors of the OAuth endpoints"))).toEqual(oauthErrors);
});

test("the document has every error of the operator, and no other", () => {
  const codes = documentedErrors("Errors of the operator").map(({ code }) => code);
  expect(codes.sort()).toEqual(Object.keys(operatorErrors).sort());
});

const all = ["Errors of the APIs", "Errors of the OAuth endpoints", "Errors of the operator"].flatMap(
  documentedErrors,
);

describe("the document says when it happens and what to do, in sentences, for", () => {
  test.each(all)("$code", ({ facts }) => {
    expect(facts.When).toMatch(/^\S.{15,}\.$/);
    expect(facts.Do).toMatch(/^\S.{10,}\.$/);
  });
});

test("every code appears once, in the order of the catalogue", () => {
  expect(all.map(({ code }) => code)).toEqual([
    ...Object.keys(apiErrors),
    ...Object.keys(oauthErrors),
    ...Object.keys(operatorErrors),
  ]);
});

test.each(Object.entries(apiErrors))(
  "%s says in a sentence what is wrong, unless it is a 500",
  (_, error) => {
    expect(error.text).toMatch(error.status === 500 ? /^$/ : /^[A-Z].+\.$/);
  },
);
