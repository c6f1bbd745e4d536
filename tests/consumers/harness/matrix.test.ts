import { expect, test } from "vitest";
import { isGood, table } from "./matrix.ts";

const results = [
  { consumer: "script", runtime: "Node 20", seconds: 0.12 },
  { consumer: "script", runtime: "Node 26", seconds: 12.34 },
  { consumer: "Jest", runtime: "Node 26", seconds: 3, problem: "It ended with 1." },
  { consumer: "Bun", runtime: "own", seconds: 0.06 },
];

test("the table has a row for each consumer and a column for each runtime", () => {
  expect(table(results)).toBe(
    [
      "         Node 20   Node 26       own",
      "script     0.1 s    12.3 s         -",
      "Jest           -    failed         -",
      "Bun            -         -     0.1 s",
    ].join("\n"),
  );
});

test("a matrix is good when something ran and nothing failed", () => {
  expect([isGood(results), isGood(results.slice(0, 2)), isGood([])]).toEqual([false, true, false]);
});
