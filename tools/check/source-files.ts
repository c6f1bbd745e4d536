import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { testSupport } from "../import-rules.ts";

/** A file of the repository. */
export interface SourceFile {
  /** Path from the repository's root, with slashes. */
  readonly path: string;
  readonly text: string;
}

const codeFolders = ["packages", "tools", "bench", "tests", "examples"];
const skipped = new Set(["node_modules", "dist", "coverage"]);

/** All code of the repository. Of packages, only `src`. */
export function readCode(root: string): SourceFile[] {
  return codeFolders
    .flatMap((folder) => listFiles(root, folder))
    .filter((path) => /\.(ts|tsx|js)$/.test(path) && !/\.d\.ts$/.test(path))
    .filter((path) => !path.startsWith("packages/") || /^packages\/[^/]+\/src\//.test(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

/** The files below a folder, as sorted paths from the root with slashes. Returns none when the folder does not exist. */
export function listFiles(root: string, folder: string, { deep } = { deep: true }): string[] {
  const entries = readDirectory(join(root, folder));
  return entries
    .filter((entry) => !skipped.has(entry.name) && !entry.name.startsWith("."))
    .flatMap((entry) => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return deep ? listFiles(root, path) : [];
      return [path.replaceAll(sep, "/")];
    })
    .sort();
}

/** Whether a file is a test or test support. */
export function isTest(path: string): boolean {
  return path.endsWith(".test.ts") || path.startsWith("tests/") || isTestSupport(path);
}

/** Whether a file is in a folder that only tests use. */
export function isTestSupport(path: string): boolean {
  return testSupport.some((folder) => path.startsWith(folder));
}

/** The line of an offset in a text, counted from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

function readDirectory(path: string): import("node:fs").Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return [];
  }
}
