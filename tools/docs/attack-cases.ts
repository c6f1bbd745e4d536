// Writes docs/reference/attack-cases.md: `node tools/docs/attack-cases.ts`.
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { attackCases, casesByLabel, groups, openCases } from "./attack-case-list.ts";

/** Files whose tests carry the id of a case, by that id. */
export type CoveredCases = ReadonlyMap<string, readonly string[]>;

const root = join(import.meta.dirname, "..", "..");

/** The path of the document. */
export const documentFile: string = join(root, "docs/reference/attack-cases.md");

/** Finds the tests, groups and rows of tests whose names begin with the id of a case, such as `"A4 refuses …"`. */
export function findCoveredCases(): CoveredCases {
  const covered = new Map<string, string[]>();
  const files = globSync(["tests/**/*.test.ts", "packages/*/src/**/*.test.ts"], { cwd: root });
  for (const file of files.map((path) => path.replaceAll("\\", "/")).sort()) {
    const source = readFileSync(join(root, file), "utf8");
    const ids = [...source.matchAll(/["`]([A-K]\d{1,2}) [a-z][^"`\n]*["`]/g)].map(([, id = ""]) => id);
    const labels = [...source.matchAll(/["`(](FR-[A-F]\d{1,2})(?:: |\))/g)].map(
      ([, label = ""]) => casesByLabel[label],
    );
    for (const id of new Set([...ids, ...labels])) {
      if (id === undefined) continue;
      covered.set(id, [...(covered.get(id) ?? []), file]);
    }
  }
  return covered;
}

/** Differences between the list of cases and the tests; empty without any. */
export function findContradictions(covered: CoveredCases): string[] {
  const listed = new Set(attackCases.map(({ id }) => id));
  const open = new Set(openCases.map(({ id }) => id));
  return [
    ...[...listed].filter((id) => !covered.has(id)).map((id) => `${id} has no test.`),
    ...[...covered.keys()]
      .filter((id) => open.has(id))
      .map((id) => `${id} has a test, but is said not to apply.`),
    ...[...covered.keys()]
      .filter((id) => !listed.has(id) && !open.has(id))
      .map((id) => `${id} has a test, but is not listed.`),
  ];
}

/** The document as Markdown. */
export function writeDocument(covered: CoveredCases): string {
  const sections = Object.entries(groups).flatMap(([letter, title]) => {
    const cases = attackCases.filter(({ id }) => id.startsWith(letter));
    const rows = cases.map(({ id, tried, happens }) => [id, tried, happens, linksTo(covered.get(id) ?? [])]);
    return [`## ${letter}. ${title}`, "", ...table(["case", "attack", "result", "tests"], rows), ""];
  });
  return [
    "# Attack cases",
    "",
    "`node tools/docs/attack-cases.ts` generates this file from the list in `tools/docs/attack-case-list.ts` and the names of",
    "tests. A test fails when they differ. Every case runs against the real server or SDK.",
    "",
    ...sections,
    "## Cases that do not apply",
    "",
    ...table(
      ["case", "attack", "why not"],
      openCases.map(({ id, tried, why }) => [id, tried, why]),
    ),
    "",
    "Missing numbers have no test yet.",
    "",
  ].join("\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}

function linksTo(files: readonly string[]): string {
  return files.map((file) => `[${basename(file, ".test.ts")}](../../${file})`).join(", ");
}

if (import.meta.main) writeFileSync(documentFile, writeDocument(findCoveredCases()));
