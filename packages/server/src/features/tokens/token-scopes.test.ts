import { describe, expect, test } from "vitest";
import { effectiveScopes, scopeOfNewToken } from "./token-scopes.ts";

const grant = JSON.stringify(["SCOPE.A", "SCOPE.B", "SCOPE.C"]);

describe("the scope of a new token is", () => {
  test.each([
    ["the whole grant, when none is requested", undefined, "SCOPE.A SCOPE.B SCOPE.C"],
    ["the requested scope", "SCOPE.B", "SCOPE.B"],
    ["the requested scopes, in their order", "SCOPE.C SCOPE.A", "SCOPE.C SCOPE.A"],
    ["each requested scope once", "SCOPE.B SCOPE.B SCOPE.B", "SCOPE.B"],
  ])("%s", (_, requested, scope) => {
    expect(scopeOfNewToken(requested, grant)).toBe(scope);
  });
});

describe("rejects a malformed list of scopes (RFC 6749 §3.3)", () => {
  test.each([
    ["an empty text", ""],
    ["a space alone", " "],
    ["two spaces between", "SCOPE.A  SCOPE.B"],
    ["a space before", " SCOPE.A"],
    ["a space after", "SCOPE.A "],
    ["a comma list in JSON", '["SCOPE.A"]'],
    ["a tab", "SCOPE.A\tSCOPE.B"],
    ["a quote", 'SCOPE."A'],
    ["a backslash", "SCOPE.\\A"],
    ["other letters", "SCOPE.Ä"],
    ["a name of 201 letters", "A".repeat(201)],
    ["more than a hundred", Array.from({ length: 101 }, (_, index) => `SCOPE.${index}`).join(" ")],
  ])("%s", (_, requested) => {
    expect(() => scopeOfNewToken(requested, grant)).toThrow(
      expect.objectContaining({
        error: "invalid_scope",
        status: 400,
        message: "scope must be a list of scope ids with one space between them.",
      }),
    );
  });
});

describe("rejects a scope that is not granted, and does not repeat it", () => {
  test.each(["SCOPE.D", "SCOPE.A SCOPE.D", "scope.a", "SCOPE", "SCOPE.A.B", "constructor"])(
    "%s",
    (requested) => {
      expect(() => scopeOfNewToken(requested, grant)).toThrow(
        expect.objectContaining({
          error: "invalid_scope",
          message: "The site's owner has not granted a scope that was asked for.",
        }),
      );
    },
  );
});

describe("the effective scopes of a token are", () => {
  test.each([
    ["its scopes, while they are granted", "SCOPE.A SCOPE.B", grant, ["SCOPE.A", "SCOPE.B"]],
    ["not those that are granted later", "SCOPE.A", grant, ["SCOPE.A"]],
    ["fewer when fewer are granted", "SCOPE.A SCOPE.B", '["SCOPE.B"]', ["SCOPE.B"]],
    ["nothing when all is taken back", "SCOPE.A SCOPE.B", "[]", []],
    ["nothing without a scope", "", grant, []],
    ["nothing that only begins alike", "SCOPE", grant, []],
  ])("%s", (_, tokenScope, stored, scopes) => {
    expect(effectiveScopes(tokenScope, stored)).toEqual(scopes);
  });
});
