import { describe, expect, test } from "vitest";
import { alwaysGrantedScope } from "../permissions/index.ts";
import { approvedGrant, formatGrant, parseGrant } from "./grant.ts";

describe("a grant is stored", () => {
  test.each([
    ["with the scope that every instance has", [], [alwaysGrantedScope]],
    ["sorted", ["SCOPE.Z", "SCOPE.A"], ["SCOPE.A", alwaysGrantedScope, "SCOPE.Z"]],
    ["without duplicates", ["SCOPE.A", "SCOPE.A", alwaysGrantedScope], ["SCOPE.A", alwaysGrantedScope]],
  ])("%s", (_, scopes, stored) => {
    expect(parseGrant(formatGrant(scopes))).toEqual([...stored].sort());
  });
});

const requested = [
  { scopeId: "SCOPE.A", optional: false, reason: null },
  { scopeId: "SCOPE.B", optional: true, reason: "For B" },
];

describe("an owner may approve", () => {
  test.each([
    ["what the app requests, which is the default", undefined, ["SCOPE.A", "SCOPE.B"]],
    ["the required scopes only", ["SCOPE.A"], ["SCOPE.A"]],
    [
      "the scope that every instance has, requested or not",
      ["SCOPE.A", alwaysGrantedScope],
      ["SCOPE.A", alwaysGrantedScope],
    ],
  ])("%s", (_, given, grant) => {
    expect(approvedGrant(requested, given).grant).toEqual(grant);
  });

  test("nothing of an app that requires only the scope that every instance has", () => {
    expect(approvedGrant([{ scopeId: alwaysGrantedScope, optional: false, reason: null }], [])).toEqual({
      ...{ grant: [], declined: [], preApproved: [] },
    });
  });

  test("without optional scopes, which are declined then", () => {
    expect(approvedGrant(requested, ["SCOPE.A"]).declined).toEqual(["SCOPE.B"]);
  });

  test("no grant without a required scope; the error names the missing ones", () => {
    expect(() => approvedGrant(requested, ["SCOPE.B"])).toThrow(
      expect.objectContaining({
        code: "REQUIRED_SCOPE_MISSING",
        status: 400,
        message: "The app does not work without SCOPE.A; approve every required scope.",
        data: { scopes: ["SCOPE.A"] },
      }),
    );
  });

  test("no scope that the app does not request; the error has the index of each, not its text", () => {
    expect(() => approvedGrant(requested, ["SCOPE.C", "SCOPE.A", "scope.a"])).toThrow(
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
