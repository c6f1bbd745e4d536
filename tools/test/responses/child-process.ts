import { existsSync, readFileSync, rmSync } from "node:fs";

const fileVariable = "LATCHKEY_TEST_VIOLATIONS";

/**
 * Flags of Node for a child process that runs TypeScript of the repository. Its responses are not checked: for tests that
 * measure memory or time, because checking a large response costs more than sending it.
 */
export function uncheckedFlags(): string[] {
  const compileCache = new URL("../../launch/compile-cache.js", import.meta.url).href;
  return ["--conditions=latchkey-source", "--disable-warning=ExperimentalWarning", "--import", compileCache];
}

/** Flags of Node for a child process that runs TypeScript of the repository and whose responses are checked too. */
export function childFlags(): string[] {
  const file = process.env[fileVariable];
  const flags = uncheckedFlags();
  if (file === undefined) return flags;
  const program = new URL("./in-child-process.ts", import.meta.url);
  program.searchParams.set("file", file);
  return [...flags, "--import", program.href];
}

/** Names the file that child processes from now on write violations to. */
export function collectFromChildren(file: string): void {
  process.env[fileVariable] = file;
}

/** Returns the violations of child processes since the last call. */
export function takeFromChildren(): string[] {
  const file = process.env[fileVariable];
  if (file === undefined || !existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  rmSync(file);
  return lines.map((line) => `${line} (in a child process)`);
}
