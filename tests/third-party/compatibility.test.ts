import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import type { Report } from "./compatibility/case.ts";
import { documentFile, findContradictions, writeDocument } from "./compatibility/compatibility-document.ts";
import { runThirdPartyClient } from "./compatibility/run-client.ts";

describe("the unmodified third-party client", () => {
  let report: Report;

  beforeAll(async () => {
    report = await runThirdPartyClient();
  }, 300_000);

  test("has the documented result in every case, and a case for every function", () => {
    expect(findContradictions(report)).toEqual([]);
  });

  test("docs/reference/compatibility.md is up to date", () => {
    expect(readFileSync(documentFile, "utf8")).toBe(writeDocument(report));
  });

  test("reports other results, and functions without a case", () => {
    const [first, ...others] = report.outcomes;
    const broken = { ...first, failure: "It was refused." } as (typeof others)[number];
    const surface = { ...report.surface, builder: [...report.surface.builder, "nearTo"] };
    expect(findContradictions({ surface, outcomes: [broken, ...others] })).toEqual([
      `${first?.tried} does not come out as documented: It was refused.`,
      "nearTo is tried by no case.",
    ]);
  });
});
