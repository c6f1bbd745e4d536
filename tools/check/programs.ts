import type { Check } from "./check.ts";
import { runLinter, runTool } from "./tool.ts";

/** TypeScript: everything, with tests and tools. */
export const types: Check = {
  name: "types",
  async run({ root }) {
    const output = await runTool(root, {
      package: "typescript",
      program: "tsc",
      args: ["-p", "tsconfig.json"],
    });
    return output === undefined ? [] : output.split("\n");
  },
};

/** Biome: lint rules, the length of functions, the order of imports, and the format. */
export const lint: Check = {
  name: "lint",
  async run({ root, fix }) {
    const args = fix ? ["check", "--write"] : ["ci"];
    const output = await runLinter(root, {
      package: "@biomejs/biome",
      program: "biome",
      args: [...args, "--colors=off", "--error-on-warnings", "--max-diagnostics=200", "."],
    });
    return output === undefined ? [] : [output];
  },
};

/** knip: unused files, exports and dependencies. */
export const unused: Check = {
  name: "unused",
  async run({ root }) {
    const args = ["--no-progress", "--no-config-hints"];
    const output = await runTool(root, { package: "knip", program: "knip", args });
    return output === undefined ? [] : output.split("\n").map((line) => line.trimEnd());
  },
};
