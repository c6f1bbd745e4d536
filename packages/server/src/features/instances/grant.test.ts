import { describe, expect, test } from "vitest";
import { alwaysGrantedScope } from "../permissions/index.ts";
import { formatGrant, parseGrant, requireRequested } from "./grant.ts";

describe("a grant is stored", () => {
  test.each([
    ["with the scope that every instance has", [], [alwaysGrantedScope]],
    ["sorted", ["SCOPE.Z", "SCOPE.A"], ["SCOPE.A", alwaysGrantedScope, "SCOPE.Z"]],
    ["without duplicates", ["SCOPE.A", "SCOPE.A", alwaysGrantedScope], ["SCOPE.A", alwaysGrantedScope]],
  ])("%s", (_, scopes, stored) => {
    expect(parseGrant(formatGrant(scopes))).toEqual([...stored].sort());
  });
});

describe("an owner may approve", () => {
  test.each([
    ["what the app requests", ["SCOPE.A", "SCOPE.B"]],
    ["some of it", ["SCOPE.B"]],
    ["nothing", []],
    ["the scope that every instance has, requested or not", [alwaysGrantedScope]],
  ])("%s", (_, grant) => {
    expect(() => requireRequested(grant, ["SCOPE.A", "SCOPE.B"])).not.toThrow();
  });

  test("no scope that the app does not request; the error has the index of each, not its text", () => {
    expect(() => requireRequested(["SCOPE.C", "SCOPE.A", "scope.a"], ["SCOPE.A"])).toThrow(
      expect.objectContaining({
        violations: [0, 2].map((index) => ({
          field: `grant[${index}]`,
          description: "is not among the scopes that the app requests",
          violatedRule: "INVALID_ENUM_VALUE",
        })),
      }),
    );
  });
});
