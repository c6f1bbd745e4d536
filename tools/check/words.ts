import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Check } from "./check.ts";
import { readTexts } from "./parse-source.ts";
import { isTest, lineAt, listFiles, readCode, type SourceFile } from "./source-files.ts";

/** Folders of code whose comments and strings are checked: prefixes of paths, such as `packages/`. */
const codeFolders = ["tools/", "bench/", "packages/"];

/** Folders of checked documents, besides the root. */
const documentFolders = ["docs", ".changeset", "bench"];

/** Generated from texts that do not follow the rules yet. */
const uncheckedDocuments = ["docs/reference/compatibility.md"];

/** The list of banned words. */
const uncheckedCode = ["tools/check/words.ts"];

interface Banned {
  readonly pattern: RegExp;
  /** What to write, or how. */
  readonly instead: string;
}

/** Unclear or unusual words and phrases. A blank matches any white space. */
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

/** Replaced terms. */
const replacedNames: readonly Banned[] = [
  ban("front.door", "request pipeline"),
  ban("wire-reference", "the OpenAPI document is generated from routes"),
  ban("[\\w-]+\\.store\\.ts", "*.queries.ts"),
  ban("memo(?:s|ised|ized)?", "cache"),
  ban("housekeeping", "maintenance, background jobs"),
  ban("lookouts?", "poller"),
  ban("rivals?", "baseline"),
  ban("planted", "seeded"),
];

/** The wire protocol has an entity “app installation”. */
const ownInstallation = "(?<!app[^a-z])installations?";

/** Banned in packages only: documents and tools quote names of test cases. */
const packageWords: readonly Banned[] = [
  ban("genuine(?:ly)?", "valid, real"),
  ban(ownInstallation, "instance"),
];

/** Banned in documents only. */
const documentWords: readonly Banned[] = [
  ban(ownInstallation, "instance (an app on a site), or “when the app is installed”"),
  ban("answer(?:s|ed|ing)?", "response; respond, return"),
];

/** Refuses banned words in documents, and in comments and strings of code without tests. */
export const words: Check = {
  name: "words",
  async run({ root }) {
    const code = readCode(root).filter(({ path }) => isChecked(path));
    return [
      ...readMarkdown(root).flatMap((file) => find(file, [...phrases, ...replacedNames, ...documentWords])),
      ...code.flatMap((file) => find(onlyTexts(file), [...phrases, ...replacedNames, ...wordsOf(file)])),
    ];
  },
};

function ban(words: string, instead: string): Banned {
  // Words of a phrase may be on two lines, with the `*` or `//` of a comment between them.
  const pattern = new RegExp(`(?<![\\w-])(?:${words.replaceAll(" ", "(?:\\s|[*/])+")})(?![\\w-])`, "gi");
  return { pattern, instead };
}

function wordsOf({ path }: SourceFile): readonly Banned[] {
  return path.startsWith("packages/") ? packageWords : [];
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

/** Replaces code blocks, code and comments of Markdown by blanks. Line numbers stay the same. */
function withoutCode(text: string): string {
  return text.replaceAll(/^```.*?^```$|`[^`\n]+`|<!--.*?-->|\]\([^)\s]+\)/gms, blank);
}

/** Replaces everything except comments and strings by blanks. */
function onlyTexts(file: SourceFile): SourceFile {
  let text = "";
  for (const { start, end } of readTexts(file)) {
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
