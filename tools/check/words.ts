import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Check } from "./check.ts";
import { readTexts } from "./parse-source.ts";
import { isTest, lineAt, listFiles, readCode, type SourceFile } from "./source-files.ts";

/** Code whose comments and strings are checked. Add a folder (packages, examples) when its words have been rewritten. */
const codeFolders = ["tools/", "bench/"];

/** Documents that are checked: files at the root and in these folders (later also examples). */
const documentFolders = ["docs", ".changeset", "bench"];

/** Not checked yet: a program writes it from texts that are not rewritten yet. */
const uncheckedDocuments = ["docs/reference/compatibility.md"];

/** Not checked: the list itself. */
const uncheckedCode = ["tools/check/words.ts"];

interface Banned {
  readonly pattern: RegExp;
  /** What to write, or how. */
  readonly instead: string;
}

/** Words and phrases that readers stumble over, with what to write instead. A blank matches any white space. */
const phrases: readonly Banned[] = [
  ban("whoever|whomever", "name who it is, such as “the client” or “anyone who”"),
  ban("what is none", "name the thing, such as “an invalid id”"),
  ban("(?<=[,;:)] )for (?:it|they|he|she|we|you|there)(?= )", "because"),
  ban("lies? (?:in|at|on|there|beside|behind|under|below)", "is in, is below"),
  ban("stands? (?:in|there|beside|under|behind)", "is in; see"),
  ban("nobody's", "name what it does not belong to"),
  ban("(?:of|for|to|by) whom|whom for", "name who it is"),
  ban("(?:is|are|was|were|be|been) told", "gets, is notified of"),
  ban("mend(?:s|ed|ing)?", "fix"),
  ban("no other than", "only"),
  ban("goes by|go by", "uses, is named"),
  ban("(?:and|or) its (?:like|sisters)", "list them, or “and similar”"),
  ban("one's own", "your own"),
];

/** Names that were replaced by a standard term, so that they do not come back. */
const replacedNames: readonly Banned[] = [
  ban("front.door", "request pipeline"),
  ban("wire-reference", "the OpenAPI document is generated from routes"),
  ban("[\\w-]+\\.store\\.ts", "*.queries.ts"),
];

/** Words that are wrong only in documents. */
const documentWords: readonly Banned[] = [
  ban("installations?", "instance (an app on a site), or “when the app is installed”"),
  ban("answer(?:s|ed|ing)?", "response; respond, return"),
];

/** Plain English in documents, and in comments and strings of code that is not a test. */
export const words: Check = {
  name: "words",
  async run({ root }) {
    const code = readCode(root).filter(({ path }) => isChecked(path));
    return [
      ...readMarkdown(root).flatMap((file) => find(file, [...phrases, ...replacedNames, ...documentWords])),
      ...code.flatMap((file) => find(onlyTexts(file), [...phrases, ...replacedNames])),
    ];
  },
};

function ban(words: string, instead: string): Banned {
  // Words of a phrase may be on two lines, with the `*` or `//` of a comment between them.
  const pattern = new RegExp(`(?<![\\w-])(?:${words.replaceAll(" ", "(?:\\s|[*/])+")})(?![\\w-])`, "gi");
  return { pattern, instead };
}

function isChecked(path: string): boolean {
  return (
    codeFolders.some((folder) => path.startsWith(folder)) && !isTest(path) && !uncheckedCode.includes(path)
  );
}

function readMarkdown(root: string): SourceFile[] {
  const paths = ["", ...documentFolders].flatMap((folder) =>
    listFiles(root, folder, { deep: folder !== "" }),
  );
  return paths
    .filter((path) => path.endsWith(".md") && !uncheckedDocuments.includes(path))
    .map((path) => ({ path, text: withoutCode(readFileSync(join(root, path), "utf8")) }));
}

/** Replaces blocks, code and comments of Markdown by blanks, so that lines stay where they are. */
function withoutCode(text: string): string {
  return text.replaceAll(/^```.*?^```$|`[^`\n]+`|<!--.*?-->|\]\([^)\s]+\)/gms, blank);
}

/** Leaves only comments and strings of a file, each where it was. */
function onlyTexts(file: SourceFile): SourceFile {
  const kept = readTexts(file);
  let text = "";
  for (const { start, end } of kept) {
    text += blank(file.text.slice(text.length, start)) + file.text.slice(start, end);
  }
  return { path: file.path, text };
}

function blank(text: string): string {
  return text.replaceAll(/[^\n]/g, " ");
}

function find({ path, text }: SourceFile, banned: readonly Banned[]): string[] {
  return banned.flatMap(({ pattern, instead }) =>
    Array.from(text.matchAll(pattern), ({ 0: found, index }) => {
      const shown = found.replaceAll(/[\s*/]+/g, " ");
      return `${path}:${lineAt(text, index)} “${shown}”: write ${instead}`;
    }),
  );
}
