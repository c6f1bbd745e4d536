import { posix } from "node:path";
import type { Document } from "./pages.ts";

const codeBlock = /^```.*?^```$/gms;
const link = /(!?)\[([^\]]*)\]\(([^)\s]+)\)/g;

/**
 * Returns the text of a document for the site: its links lead to pages of the site and to `/images/`. A link to another file of
 * the repository becomes the path of this file, because the site has no sources.
 *
 * @param paths the path in the site of each document, by its path in the repository
 */
export function withSiteLinks(document: Document, paths: ReadonlyMap<string, string>): string {
  const { path, source, text } = document;
  const rewrite = (whole: string, ...[image = "", label = "", target = ""]: string[]): string => {
    if (/^(https?:|#)/.test(target)) return whole;
    const [file = "", anchor] = target.split("#");
    const inRepository = posix.join(posix.dirname(source), file);
    if (image !== "") return `![${label}](/images/${posix.basename(inRepository)})`;
    const page = paths.get(inRepository);
    if (page === undefined) return nameOfFile(label, inRepository);
    const relative = posix.relative(posix.dirname(path), page);
    const link = relative.startsWith(".") ? relative : `./${relative}`;
    return `[${label}](${anchor === undefined ? link : `${link}#${anchor}`})`;
  };
  return replaceOutside(text, codeBlock, (prose) => prose.replaceAll(link, rewrite));
}

/** The path of a file as code, after the label if the path does not contain it. */
function nameOfFile(label: string, file: string): string {
  const plain = label.replaceAll("`", "");
  return file.toLowerCase().includes(plain.toLowerCase()) ? `\`${file}\`` : `${label} (\`${file}\`)`;
}

function replaceOutside(text: string, kept: RegExp, replace: (part: string) => string): string {
  let result = "";
  let end = 0;
  for (const { 0: part, index } of text.matchAll(kept)) {
    result += replace(text.slice(end, index)) + part;
    end = index + part.length;
  }
  return result + replace(text.slice(end));
}
