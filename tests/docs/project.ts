import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "../../tools/check/tool.ts";
import { root } from "./documents.ts";

/** A TypeScript project inside the repository, so that packages resolve, but excluded from the checks. */
export interface Project {
  /** Adds a file and returns its path. */
  add(name: string, text: string): string;
  /** Returns the errors of the compiler; undefined when there are none. */
  compile(): Promise<string | undefined>;
  remove(): void;
}

/** Creates an empty project with the compiler settings of the repository. */
export function createProject(): Project {
  const parent = join(root, ".latchkey");
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  const directory = mkdtempSync(join(parent, "snippets-"));
  const compilerOptions = { noEmit: true, declaration: false, isolatedDeclarations: false };
  const config = { extends: "../../tsconfig.base.json", compilerOptions, include: ["."] };
  writeFileSync(join(directory, "tsconfig.json"), JSON.stringify(config));
  return {
    add(name, text) {
      const file = join(directory, name);
      writeFileSync(file, text);
      return file;
    },
    compile: () =>
      runTool(directory, { package: "typescript", program: "tsc", args: ["--pretty", "false", "-p", "."] }),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
