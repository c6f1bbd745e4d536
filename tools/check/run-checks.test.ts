import { expect, test } from "vitest";
import type { Check } from "./check.ts";
import { jsonReport, lines, runChecks } from "./run-checks.ts";

const context = { root: "/nowhere", fix: false };

test("reports each result at once; a check that throws has failed", async () => {
  const checks: Check[] = [
    { name: "good", run: async () => [] },
    { name: "bad", run: async () => ["a.ts:1 wrong"] },
    { name: "broken", run: () => Promise.reject(new Error("no such file")) },
  ];
  const reported: string[] = [];
  const results = await runChecks(checks, context, ({ name }) => reported.push(name));
  expect(reported).toEqual(["good", "bad", "broken"]);
  expect(results.map(({ problems }) => problems)).toEqual([
    [],
    ["a.ts:1 wrong"],
    ["could not run: Error: no such file"],
  ]);
});

test("adds the figures of a check to its result", async () => {
  const check: Check = { name: "sizes", run: async () => [], measure: () => ({ sourceLines: 12 }) };
  const [result] = await runChecks([check], context, () => {});
  expect(result).toMatchObject({ name: "sizes", problems: [], figures: { sourceLines: 12 } });
  expect(lines({ name: "sizes", seconds: 0, problems: [], figures: { sourceLines: 12 } })).toEqual([
    "sizes     ok     0.0 s, sourceLines: 12",
  ]);
});

test("prints details only of failed checks", () => {
  expect(lines({ name: "types", seconds: 1.25, problems: [] })).toEqual(["types     ok     1.3 s"]);
  expect(lines({ name: "sizes", seconds: 0, problems: ["a\n\nb"] })).toEqual([
    "sizes     failed 0.0 s",
    "  a\n\n  b",
  ]);
});

test("reports JSON", () => {
  const results = [
    { name: "types", seconds: 1, problems: [] },
    { name: "lint", seconds: 2, problems: ["a"] },
  ];
  expect(JSON.parse(jsonReport(results))).toEqual({
    ok: false,
    checks: [
      { name: "types", ok: true, seconds: 1, problems: [] },
      { name: "lint", ok: false, seconds: 2, problems: ["a"] },
    ],
  });
});
