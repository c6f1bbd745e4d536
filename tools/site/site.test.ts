import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { entryPoints } from "./api-reference.js";
import { findProblems } from "./built-site.ts";
import { withSiteLinks } from "./links.ts";
import { firstSentence, readDocuments } from "./pages.ts";

const root = join(import.meta.dirname, "..", "..");

// `npm run docs -- --check` builds the site and checks what was built. It takes a minute, so CI runs only these tests.

test("the site has each document once, with a title and a description", () => {
  const documents = readDocuments(root);
  const paths = documents.map(({ path }) => path);
  expect(new Set(paths).size).toBe(paths.length);
  expect(paths).toContain("start.md");
  expect(paths).toContain("concepts/security.md");
  expect(paths).toContain("decisions/index.md");
  expect(documents.filter(({ description, title }) => title === "" || description.length < 15)).toEqual([]);
});

test("the API reference has a page for each entry point that programs import from", () => {
  const offered = ["protocol", "sdk", "server", "stores"].flatMap((name) => {
    const manifest = JSON.parse(readFileSync(join(root, `packages/${name}/package.json`), "utf8"));
    const exported = Object.entries<Record<string, string>>(manifest.exports);
    return exported.flatMap(([path, { "latchkey-source": source }]) =>
      source === undefined
        ? []
        : [[`@latchkey/${name}${path.slice(1)}`, `${name}/${source.slice(2)}`] as const],
    );
  });
  // These are for `node --import` and for `latchkey dev`.
  const withoutPage = ["@latchkey/sdk/redirect", "@latchkey/server/dev"];
  expect(Object.fromEntries(Object.entries(entryPoints).map(([name, [, file]]) => [name, file]))).toEqual(
    Object.fromEntries(offered.filter(([name]) => !withoutPage.includes(name))),
  );
});

test("links lead to pages of the site, and other files of the repository are named", () => {
  const page = { group: "", title: "", description: "" };
  const text = [
    "[Errors](../reference/errors.md#not_found), [below](#here), [RFC](https://example.com)",
    "[receiver.py](../../examples/receiver.py), [the code](../../packages/a.ts)",
    "![A picture](../images/dashboard.png)",
    "```ts\na[0](b.md)\n```",
  ].join("\n");
  const paths = new Map([["docs/reference/errors.md", "reference/errors.md"]]);
  const document = { ...page, source: "docs/guides/a.md", path: "guides/a.md", text };
  expect(withSiteLinks(document, paths)).toBe(
    [
      "[Errors](../reference/errors.md#not_found), [below](#here), [RFC](https://example.com)",
      "`examples/receiver.py`, the code (`packages/a.ts`)",
      "![A picture](/images/dashboard.png)",
      "```ts\na[0](b.md)\n```",
    ].join("\n"),
  );
});

test("the description is the first sentence without markup", () => {
  expect(firstSentence("# Title\n\nA [link](a.md) and\n`code`. More.\n")).toBe("A link and code.");
  expect(firstSentence("# Title\n\n| a table |\n\n`x` is it. More.")).toBe("x is it.");
  expect(firstSentence("# Title\n\n| a table |\n")).toBe("");
});

let built = "";
beforeAll(() => {
  built = mkdtempSync(join(tmpdir(), "latchkey-site-"));
  mkdirSync(join(built, "assets/chunks"), { recursive: true });
});
afterAll(() => rmSync(built, { recursive: true, force: true }));

test("a check of the built site names what is missing or loads from another host", () => {
  writeFileSync(
    join(built, "a.html"),
    '<script src="https://cdn.example/x.js"></script><a href="/b.html#x">',
  );
  writeFileSync(join(built, "a.md"), "# A\n");
  writeFileSync(join(built, "b.html"), '<h2 id="y">');
  writeFileSync(join(built, "llms.txt"), "- [A](/a.md): The page.\n");
  expect(findProblems(built, [{ path: "a.md" }, { path: "b.md" }])).toEqual([
    "b.md was not built",
    "llms.txt does not have b.md with a description",
    "assets/chunks has no index for the search",
    "a.html loads https://cdn.example/x.js",
    "a.html links to b.html#x, which does not exist",
  ]);
});
