import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Check } from "./check.ts";
import { isTest, readCode, type SourceFile } from "./source-files.ts";

// The limit for all packages/*/src together, without tests and test support.
export const maxSourceLines = 70_500;

const limits = { file: 400, barrel: 100, filesPerFolder: 14 };
const documents: Readonly<Record<string, number>> = { "README.md": 150, "ARCHITECTURE.md": 210 };

/** Lines of files and packages, and files in folders. The linter counts the lines of functions. */
export const sizes: Check = {
  name: "sizes",
  async run({ root }) {
    const code = readCode(root);
    return [...longFiles(code), ...longDocuments(root), ...fullFolders(code), ...longSource(code)];
  },
  measure: ({ root }) => ({ sourceLines: countSourceLines(readCode(root)) }),
};

function longFiles(code: readonly SourceFile[]): string[] {
  return code.flatMap(({ path, text }) => {
    const limit = basename(path) === "index.ts" ? limits.barrel : limits.file;
    return tooLong(path, countLines(text), limit);
  });
}

function longDocuments(root: string): string[] {
  return Object.entries(documents).flatMap(([path, limit]) => {
    const file = join(root, path);
    return existsSync(file) ? tooLong(path, countLines(readFileSync(file, "utf8")), limit) : [];
  });
}

function longSource(code: readonly SourceFile[]): string[] {
  return tooLong("packages/*/src without tests", countSourceLines(code), maxSourceLines);
}

function countSourceLines(code: readonly SourceFile[]): number {
  return code
    .filter(({ path }) => path.startsWith("packages/") && !isTest(path))
    .reduce((total, { text }) => total + countLines(text), 0);
}

function countLines(text: string): number {
  return text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
}

function tooLong(path: string, lines: number, limit: number): string[] {
  return lines > limit ? [`${path} has ${lines} lines, ${limit} are allowed`] : [];
}

function fullFolders(code: readonly SourceFile[]): string[] {
  const folders = Map.groupBy(
    code.filter(({ path }) => !isTest(path)),
    ({ path }) => dirname(path),
  );
  return Array.from(folders)
    .filter(([, files]) => files.length > limits.filesPerFolder)
    .map(
      ([folder, { length }]) =>
        `${folder} has ${length} files without tests, ${limits.filesPerFolder} are allowed`,
    );
}
