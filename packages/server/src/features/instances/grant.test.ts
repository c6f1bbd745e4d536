import { describe, expect, test } from "vitest";
import { alwaysGrantedScope } from "../permissions/index.ts";
import { formatGrant, parseGrant, requireAskedFor } from "./grant.ts";

describe("a grant is stored", () => {
  test.each([
    ["with the scope that nobody can refuse", [], [alwaysGrantedScope]],
    ["in order", ["SCOPE.Z", "SCOPE.A"], ["SCOPE.A", alwaysGrantedScope, "SCOPE.Z"]],
    ["each scope once", ["SCOPE.A", "SCOPE.A", alwaysGrantedScope], ["SCOPE.A", alwaysGrantedScope]],
  ])("%s", (_, scopes, stored) => {
    expect(parseGrant(formatGrant(scopes))).toEqual([...stored].sort());
  });
});

describe("an owner approves", () => {
  test.each([
    ["what the app asks for", ["SCOPE.A", "SCOPE.B"]],
    ["part of it", ["SCOPE.B"]],
    ["nothing", []],
    ["the scope that nobody can refuse, asked for or not", [alwaysGrantedScope]],
  ])("%s", (_, grant) => {
    expect(() => requireAskedFor(grant, ["SCOPE.A", "SCOPE.B"])).not.toThrow();
  });

  test("nothing that the app does not ask for; each is named by its place, not by its text", () => {
    expect(() => requireAskedFor(["SCOPE.C", "SCOPE.A", "scope.a"], ["SCOPE.A"])).toThrow(
      expect.objectContaining({
        violations: [0, 2].map((index) => ({
          field: `grant[${index}]`,
          description: "is not among the scopes that the app asks for",
          violatedRule: "INVALID_ENUM_VALUE",
        })),
      }),
    );
  });
});
