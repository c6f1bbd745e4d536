import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Block, readDocuments, root } from "./documents.ts";

const blocks = readDocuments().flatMap((document) => document.blocks);
const fileOf = ({ tags }: Block): string | undefined =>
  tags.find((tag) => /^(examples|packages)\//.test(tag));
const excerpts = blocks.flatMap((block) => {
  const file = fileOf(block);
  return file === undefined ? [] : [{ place: block.place, text: block.text, file }];
});

/** Lines without their indentation, which differs between a file and a part of it. */
function linesOf(text: string): string {
  return `\n${text
    .trim()
    .split("\n")
    .map((line) => line.trim())
    .join("\n")}\n`;
}

test.each(excerpts)("$place is a part of $file", ({ file, text }) => {
  expect(linesOf(readFileSync(join(root, file), "utf8"))).toContain(linesOf(text));
});

describe("the guide", () => {
  test("FR-C2: shows a part of each proxy configuration, and lists the omitted parts", () => {
    const guide = "docs/guides/protect-your-api.md";
    const shown = excerpts.filter(({ place }) => place.startsWith(guide)).map(({ file }) => file);
    const files = readdirSync(join(root, "examples/proxies")).map((name) => `examples/proxies/${name}`);
    const text = readFileSync(join(root, guide), "utf8");
    expect(files.filter((file) => !shown.includes(file) && !text.includes(`../../${file}`))).toEqual([]);
  });
});
