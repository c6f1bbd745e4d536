import { describe, expect, test } from "vitest";
import { effectiveScopes, grantedScope } from "./scope.ts";

const grant = JSON.stringify(["SCOPE.A", "SCOPE.B", "SCOPE.C"]);

describe("a token gets", () => {
  test.each([
    ["all that was granted, when it asks for nothing", undefined, "SCOPE.A SCOPE.B SCOPE.C"],
    ["the one it asks for", "SCOPE.B", "SCOPE.B"],
    ["those it asks for, in its order", "SCOPE.C SCOPE.A", "SCOPE.C SCOPE.A"],
    ["each once", "SCOPE.B SCOPE.B SCOPE.B", "SCOPE.B"],
  ])("%s", (_, requested, scope) => {
    expect(grantedScope(requested, grant)).toBe(scope);
  });
});

describe("refuses what is no list of scopes (RFC 6749 §3.3)", () => {
  test.each([
    ["nothing", ""],
    ["a space alone", " "],
    ["two spaces between", "SCOPE.A  SCOPE.B"],
    ["a space before", " SCOPE.A"],
    ["a space behind", "SCOPE.A "],
    ["a comma list in JSON", '["SCOPE.A"]'],
    ["a tab", "SCOPE.A\tSCOPE.B"],
    ["a quote", 'SCOPE."A'],
    ["a backslash", "SCOPE.\\A"],
    ["other letters", "SCOPE.Ä"],
    ["a name of 201 letters", "A".repeat(201)],
    ["more than a hundred", Array.from({ length: 101 }, (_, index) => `SCOPE.${index}`).join(" ")],
  ])("%s", (_, requested) => {
    expect(() => grantedScope(requested, grant)).toThrow(
      expect.objectContaining({
        error: "invalid_scope",
        status: 400,
        message: "scope must be a list of scope ids with one space between them.",
      }),
    );
  });
});

describe("refuses what was not granted, and does not repeat it", () => {
  test.each(["SCOPE.D", "SCOPE.A SCOPE.D", "scope.a", "SCOPE", "SCOPE.A.B", "constructor"])(
    "%s",
    (requested) => {
      expect(() => grantedScope(requested, grant)).toThrow(
        expect.objectContaining({
          error: "invalid_scope",
          message: "The site's owner has not granted a scope that was asked for.",
        }),
      );
    },
  );
});

describe("a token may do now", () => {
  test.each([
    ["what it has, while that is granted", "SCOPE.A SCOPE.B", grant, ["SCOPE.A", "SCOPE.B"]],
    ["no more when more is granted later", "SCOPE.A", grant, ["SCOPE.A"]],
    ["less when less is granted", "SCOPE.A SCOPE.B", '["SCOPE.B"]', ["SCOPE.B"]],
    ["nothing when all is taken back", "SCOPE.A SCOPE.B", "[]", []],
    ["nothing without a scope", "", grant, []],
    ["nothing that only begins alike", "SCOPE", grant, []],
  ])("%s", (_, tokenScope, stored, scopes) => {
    expect(effectiveScopes(tokenScope, stored)).toEqual(scopes);
  });
});
