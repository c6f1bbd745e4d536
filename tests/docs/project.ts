import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "../../tools/check/tool.ts";
import { root } from "./documents.ts";

/** A TypeScript project in the repository, where packages resolve, but out of sight of its checks. */
export interface Project {
  /** Adds a file and tells where it is. */
  add(name: string, text: string): string;
  /** What the compiler has to say; undefined when it has nothing. */
  compile(): Promise<string | undefined>;
  remove(): void;
}

/** Makes an empty project with the compiler settings of the repository. */
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
