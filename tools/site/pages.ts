import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Group, groups } from "./navigation.ts";

/** A page of the site. */
export interface Page {
  /** The title of its group in the sidebar. */
  readonly group: string;
  /** The path in the site, such as `guides/pages.md`. */
  readonly path: string;
  readonly title: string;
  /** The first sentence of the text. */
  readonly description: string;
  readonly text: string;
}

/** A page that is a Markdown file of the repository. */
export interface Document extends Page {
  /** The path of that file, such as `docs/guides/pages.md`. */
  readonly source: string;
}

/**
 * Reads the documents of the site, in the order of the sidebar.
 *
 * @throws Error that names a file of the navigation that does not exist, or a guide that is missing there
 */
export function readDocuments(root: string): Document[] {
  const named = groups.flatMap((group) =>
    filesOf(root, group).map((source) => ({ group: group.title, source })),
  );
  const pages = named.filter(
    ({ source }, index) => named.findIndex((one) => one.source === source) === index,
  );
  const missing = markdownIn(root, "docs/guides").filter(
    (guide) => !pages.some(({ source }) => source === guide),
  );
  if (missing.length > 0) {
    throw new Error(
      `No group of tools/site/navigation.ts has ${missing.join(", ")}. Add each to one of them.`,
    );
  }
  return pages.map(({ group, source }) => {
    if (!existsSync(join(root, source))) {
      throw new Error(`tools/site/navigation.ts names ${source}, which does not exist. Remove it there.`);
    }
    const text = readFileSync(join(root, source), "utf8");
    return {
      group,
      source,
      path: pathOf(source),
      title: titleOf(source, text),
      description: firstSentence(text),
      text,
    };
  });
}

function filesOf(root: string, { files }: Group): string[] {
  return files.flatMap((file) => (file.endsWith("/") ? markdownIn(root, file.slice(0, -1)) : [`${file}.md`]));
}

function markdownIn(root: string, folder: string): string[] {
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith(".md"));
  return names.sort().map((name) => `${folder}/${name}`);
}

/** The path in the site of a Markdown file of the repository. */
function pathOf(source: string): string {
  if (source === "README.md") return "start.md";
  if (source === "SECURITY.md") return "concepts/security.md";
  return source
    .replace(/^docs\//, "")
    .replace(/^(examples\/[\w-]+)\/README\.md$/, "$1.md")
    .replace(/README\.md$/, "index.md");
}

function titleOf(source: string, text: string): string {
  if (source === "README.md") return "Quick start";
  const [, heading = source] = /^# (.+)$/m.exec(text) ?? [];
  const [, number] = /\/(\d{4})-/.exec(source) ?? [];
  const title = heading.replaceAll("`", "");
  return number === undefined ? title : `${Number(number)}. ${title.replace(/^\d+\.? */, "")}`;
}

/** The first sentence outside of headings, tables and code, as plain text. */
export function firstSentence(text: string): string {
  const blocks = text.split(/\n(?=#|```)|\n{2,}/);
  const paragraph = blocks.find((block) => !/^(#|\||```|>|- |\s*$)/.test(block)) ?? "";
  const plain = paragraph
    .replaceAll(/\s+/g, " ")
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/^\*\*Question\.\*\* /, "")
    .replaceAll(/\*\*|[`*]/g, "")
    .trim();
  const [sentence = plain] = /^.+?[.:?](?= [A-Z]|$)/.exec(plain) ?? [];
  return sentence.replace(/:$/, ".");
}
