import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import type { Page } from "./pages.ts";

/**
 * Checks a built site: each page exists as HTML and as Markdown and is in llms.txt, the search has an index, links lead to
 * headings that exist, and no page loads anything from another host.
 *
 * @param built the folder of the built site
 * @returns a line for each problem
 */
export function findProblems(built: string, pages: readonly Pick<Page, "path">[]): string[] {
  const html = readdirSync(built, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => /\.(html|css)$/.test(file))
    .map((file) => ({ file, text: readFileSync(join(built, file), "utf8") }));
  const list = readFileSync(join(built, "llms.txt"), "utf8");
  return [
    ...pages.flatMap(({ path }) => [
      ...missing(built, path),
      ...missing(built, path.replace(/\.md$/, ".html")),
      ...(list.includes(`](/${path}): `) ? [] : [`llms.txt does not have ${path} with a description`]),
    ]),
    ...(hasSearchIndex(built) ? [] : ["assets/chunks has no index for the search"]),
    ...html.flatMap(({ file, text }) => outsideLoads(text).map((url) => `${file} loads ${url}`)),
    ...deadAnchors(html),
  ];
}

function missing(built: string, path: string): string[] {
  return existsSync(join(built, path)) ? [] : [`${path} was not built`];
}

function hasSearchIndex(built: string): boolean {
  return readdirSync(join(built, "assets/chunks")).some((name) => name.includes("localSearchIndex"));
}

/** The addresses on other hosts of scripts, styles, pictures and fonts. Links that people click are allowed. */
function outsideLoads(text: string): string[] {
  const tags = text.matchAll(
    /<(?:script|link|img|iframe|source)\b[^>]*?(?:src|href)="((?:https?:)?\/\/[^"]+)"/g,
  );
  const styles = text.matchAll(/(?:url\(|@import )["']?((?:https?:)?\/\/[^"')]+)/g);
  return [...tags, ...styles].map(([, url = ""]) => url);
}

interface Built {
  readonly file: string;
  readonly text: string;
}

function deadAnchors(html: readonly Built[]): string[] {
  const ids = new Map(
    html.map(({ file, text }) => [file, new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))]),
  );
  return html.flatMap(({ file, text }) =>
    [...text.matchAll(/<a [^>]*?href="([^":]*)#([^"]+)"/g)].flatMap(([, path = "", anchor = ""]) => {
      const target = path === "" ? file : posix.join(posix.dirname(`/${file}`), path).slice(1);
      return ids.get(target)?.has(decodeURIComponent(anchor))
        ? []
        : [`${file} links to ${target}#${anchor}, which does not exist`];
    }),
  );
}
