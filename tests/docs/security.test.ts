import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { readDocument, root } from "./documents.ts";

const [, section = ""] = readDocument("SECURITY.md").prose.split("## What the platform guarantees\n");
const guarantees = (section.split("\n## ")[0] ?? "")
  .split("\n")
  .filter((line) => /^\| (?!guarantee|---)/.test(line));

test("SECURITY.md lists guarantees", () => {
  expect(guarantees.length).toBeGreaterThan(15);
});

test.each(guarantees)("names test files that exist and have tests: %s", (guarantee) => {
  const links = [...guarantee.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)];
  expect(links).not.toEqual([]);
  for (const [, name = "", path = ""] of links) {
    expect(basename(path)).toBe(`${name}.test.ts`);
    expect(readFileSync(join(root, path), "utf8")).toMatch(/^\s*(test|it)(\.each)?[(<]/m);
  }
});
