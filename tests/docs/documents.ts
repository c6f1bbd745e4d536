import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The root of the repository. */
export const root: string = join(import.meta.dirname, "..", "..");

/** A fenced block of a document. */
export interface Block {
  /** The path and the line, in the form that editors open. */
  readonly place: string;
  /** The language of the code block. */
  readonly language: string;
  /** The words after the language, in the first line of the code block. */
  readonly tags: readonly string[];
  readonly text: string;
}

/** A Markdown file of the repository. */
export interface Document {
  /** The path from the root, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  /** The text outside of code blocks. */
  readonly prose: string;
}

/** All documents except the changelog entries. */
export function readDocuments(): Document[] {
  const folders = ["docs", "bench", "packages", "examples"].filter((folder) =>
    existsSync(join(root, folder)),
  );
  const paths = [...markdownIn("", false), ...folders.flatMap((folder) => markdownIn(folder, true))];
  return paths.map((path) => readDocument(path));
}

/**
 * Reads a document.
 *
 * @param path the path from the root, with slashes
 */
export function readDocument(path: string): Document {
  const text = readFileSync(join(root, path), "utf8");
  const blocks = Array.from(text.matchAll(fenced), ({ 1: info = "", 2: content = "", index }): Block => {
    const [language = "", ...tags] = info.trim().split(/\s+/);
    const line = text.slice(0, index).split("\n").length;
    return { place: `${path}:${line}`, language, tags, text: content };
  });
  return { path, text, blocks, prose: text.replaceAll(fenced, "") };
}

const fenced = /^```([^\n]*)\n(.*?)^```$/gms;

function markdownIn(folder: string, deep: boolean): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (/^(\.|node_modules$|dist$)/.test(entry.name)) return [];
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return deep ? markdownIn(path, true) : [];
    return entry.name.endsWith(".md") ? [path] : [];
  });
}
