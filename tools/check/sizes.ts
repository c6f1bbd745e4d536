import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Check } from "./check.ts";
import { isTest, readCode, type SourceFile } from "./source-files.ts";

const limits = { file: 400, barrel: 100, filesPerFolder: 14 };
const documents: Readonly<Record<string, number>> = { "README.md": 150, "ARCHITECTURE.md": 200 };

/** Lines per file and files per folder; the linter counts the lines of functions. */
export const sizes: Check = {
  name: "sizes",
  async run({ root }) {
    const code = readCode(root);
    return [...longFiles(code), ...longDocuments(root), ...fullFolders(code)];
  },
};

function longFiles(code: readonly SourceFile[]): string[] {
  return code.flatMap(({ path, text }) => {
    const limit = basename(path) === "index.ts" ? limits.barrel : limits.file;
    return tooLong(path, text, limit);
  });
}

function longDocuments(root: string): string[] {
  return Object.entries(documents).flatMap(([path, limit]) => {
    const file = join(root, path);
    return existsSync(file) ? tooLong(path, readFileSync(file, "utf8"), limit) : [];
  });
}

function tooLong(path: string, text: string, limit: number): string[] {
  const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
  return lines > limit ? [`${path} has ${lines} lines, ${limit} are allowed`] : [];
}

function fullFolders(code: readonly SourceFile[]): string[] {
  const counts = new Map<string, number>();
  for (const { path } of code.filter(({ path }) => !isTest(path))) {
    counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  }
  return Array.from(counts)
    .filter(([, count]) => count > limits.filesPerFolder)
    .map(
      ([folder, count]) => `${folder} has ${count} files without tests, ${limits.filesPerFolder} are allowed`,
    );
}
