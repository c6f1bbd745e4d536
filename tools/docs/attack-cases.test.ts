import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { attackCases } from "./attack-case-list.ts";
import { documentFile, findContradictions, findCoveredCases, writeDocument } from "./attack-cases.ts";

test("every listed attack case has a test, and every test's case is listed", () => {
  expect(findContradictions(findCoveredCases())).toEqual([]);
});

test("says which case has no test, is not listed, or is tested though it should not apply", () => {
  const ids = [...attackCases.map(({ id }) => id).filter((id) => id !== "A1"), "A12", "Z9"];
  const covered = new Map(ids.map((id) => [id, ["some.test.ts"]]));
  expect(findContradictions(covered)).toEqual([
    "A1 has no test.",
    "A12 has a test, but is said not to apply.",
    "Z9 has a test, but is not listed.",
  ]);
});

test("docs/reference/attack-cases.md is what the generator writes", () => {
  expect(readFileSync(documentFile, "utf8")).toBe(writeDocument(findCoveredCases()));
});
