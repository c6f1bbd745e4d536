import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeApiReference } from "./api-reference.js";
import { withSiteLinks } from "./links.ts";
import { firstSentence, type Page, readDocuments } from "./pages.ts";

const home = join(import.meta.dirname, "home.md");

/**
 * Writes the pages of the site as Markdown: the home page, the documents, and the API reference generated from docstrings.
 *
 * @param folder is emptied first; it also gets `navigation.json` for the configuration of VitePress
 * @returns the pages in the order of the sidebar, without the home page
 */
export async function collectPages(root: string, folder: string): Promise<Page[]> {
  rmSync(folder, { recursive: true, force: true });
  const documents = readDocuments(root);
  const paths = new Map(documents.map(({ path, source }) => [source, path]));
  const written = documents.map((document) => ({ ...document, text: withSiteLinks(document, paths) }));
  for (const { path, text } of written) write(folder, path, text);
  write(folder, "index.md", homePage(root));
  cpSync(join(root, "docs/images"), join(folder, "public/images"), { recursive: true });

  const reference = await writeApiReference(root, join(folder, "api"));
  const api = reference.map(({ name, title }): Page => {
    const path = `api/${name}.md`;
    const text = readFileSync(join(folder, path), "utf8");
    return { group: "API of the packages", path, title, description: firstSentence(text), text };
  });
  const at = written.findIndex(({ group }) => group === "Examples");
  const pages = [...written.slice(0, at), ...api, ...written.slice(at)];
  write(folder, "public/llms.txt", listForModels(pages));
  write(
    folder,
    "navigation.json",
    JSON.stringify(pages.map(({ group, path, title }) => ({ group, path, title }))),
  );
  return pages;
}

function write(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** The home page shows the first TypeScript example of README.md. */
function homePage(root: string): string {
  const [example] = /^```ts\n.*?^```$/ms.exec(readFileSync(join(root, "README.md"), "utf8")) ?? [];
  if (example === undefined) throw new Error("README.md has no block ```ts for the home page of the site.");
  return readFileSync(home, "utf8").replace("<!-- example -->", () => example);
}

/** Returns llms.txt: each page with its description, in the form of https://llmstxt.org. */
function listForModels(pages: readonly Page[]): string {
  const groups = Map.groupBy(pages, ({ group }) => group);
  const parts = Array.from(groups, ([group, members]) => {
    const lines = members.map(({ description, path, title }) => `- [${title}](/${path}): ${description}`);
    return `## ${group}\n\n${lines.join("\n")}\n`;
  });
  const about =
    "Authentication layer of an app platform: an authorization server for app instances, and the SDK for apps. Each page is Markdown; the same path with .html is for people.";
  return `# Latchkey\n\n> ${about}\n\n${parts.join("\n")}`;
}
