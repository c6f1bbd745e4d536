import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Document, readDocument, readDocuments, root } from "./documents.ts";

const documents = readDocuments();

describe.each(documents)("$path", (document: Document) => {
  test("links to files and headings that exist", () => {
    expect(linksOf(document).filter((link) => !leadsSomewhere(document.path, link))).toEqual([]);
  });

  test("names files that exist", () => {
    expect(filesNamedIn(document).filter((path) => !isThere(path))).toEqual([]);
  });
});

function linksOf({ prose }: Document): string[] {
  const withoutCode = prose.replaceAll(/`[^`\n]+`/g, "code");
  return [...withoutCode.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
}

function leadsSomewhere(from: string, link: string): boolean {
  if (/^https:\/\//.test(link)) return true;
  const [path = "", heading] = link.split("#");
  const target = path === "" ? from : join(dirname(from), path);
  if (!existsSync(join(root, target))) return false;
  return heading === undefined || headingsOf(target).includes(heading);
}

/** Returns the anchors that Git hosts create for headings. */
function headingsOf(path: string): string[] {
  if (!path.endsWith(".md") || statSync(join(root, path)).isDirectory()) return [];
  return [...readDocument(path).prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, "")
      .trim()
      .replaceAll(" ", "-"),
  );
}

/** Code spans that look like paths in the repository. */
function filesNamedIn({ prose }: Document): string[] {
  const names = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, name = ""]) => name);
  return names
    .filter((name) => /^[\w@.-]+(\/[\w.-]+)+\.(ts|js|sql|md|json)$/.test(name))
    .filter((name) => !/^(\.latchkey|dist)\//.test(name));
}

/** Documents name files of the server relative to its `src`, as imports do. */
function isThere(path: string): boolean {
  return [".", "packages/server/src", "packages/sdk/src"].some((from) => existsSync(join(root, from, path)));
}
