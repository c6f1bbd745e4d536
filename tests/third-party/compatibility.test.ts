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

  test("comes out of every case as documented, and every function that it has is tried", () => {
    expect(findContradictions(report)).toEqual([]);
  });

  test("docs/reference/compatibility.md is what the generator writes", () => {
    expect(readFileSync(documentFile, "utf8")).toBe(writeDocument(report));
  });

  test("says what does not come out as documented, and what is tried by no case", () => {
    const [first, ...others] = report.outcomes;
    const broken = { ...first, failure: "It was refused." } as (typeof others)[number];
    const surface = { ...report.surface, builder: [...report.surface.builder, "nearTo"] };
    expect(findContradictions({ surface, outcomes: [broken, ...others] })).toEqual([
      `${first?.tried} does not come out as documented: It was refused.`,
      "nearTo is tried by no case.",
    ]);
  });
});
