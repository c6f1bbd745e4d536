import { ok } from "node:assert/strict";
import { createRequire } from "node:module";
import { readDocument } from "../../docs/documents.ts";
import type { Consumer } from "../harness/consumer.ts";
import { toolPath } from "../harness/project.ts";

/** Test runners with the test kit. Jest, which loads CommonJS, has the platform in a child process. */
export const testRunners: readonly Consumer[] = [
  {
    name: "Jest",
    files: "examples/test-your-app",
    uses: "server",
    onNode: true,
    async run(project) {
      await project.node(toolPath("jest/bin/jest.js"), "--ci", "--watchman=false", "app.test.cjs");
    },
  },
  {
    name: "Vitest",
    files: "tests/consumers/projects/vitest",
    uses: "server",
    onNode: true,
    async run(project) {
      ok((await project.node("node_modules/vitest/vitest.mjs", "run")).includes("1 passed"));
    },
  },
  {
    name: "node:test",
    files: "tests/consumers/projects/node-test",
    uses: "server",
    onNode: true,
    async run(project) {
      ok((await project.node("--test", "--test-reporter=tap", "platform.test.mjs")).includes("# pass 1\n"));
    },
  },
  {
    name: "every recipe of the guide",
    uses: "server",
    onNode: true,
    async run(project) {
      const { blocks } = readDocument("docs/guides/test-your-app.md");
      const recipes = blocks.filter(({ language }) => language === "ts");
      for (const [index, { text }] of recipes.entries()) {
        project.write(`recipe-${index}.mjs`, toJavaScript(text));
      }
      // One process for all: each test has a platform of its own.
      const imports = recipes.map((_, index) => `import "./recipe-${index}.mjs";\n`);
      project.write("recipes.test.mjs", imports.join(""));
      const output = await project.node("--test", "--test-reporter=tap", "recipes.test.mjs");
      ok(output.includes(`# pass ${recipes.length}\n`), output);
    },
  },
];

interface Compiler {
  transpileModule(text: string, options: { compilerOptions: object }): { readonly outputText: string };
}

/** Compiles a recipe for every Node, because Node 22 has no `await using`. */
function toJavaScript(text: string): string {
  const compiler: Compiler = createRequire(import.meta.url)(toolPath("typescript/lib/typescript.js"));
  const compilerOptions = { module: "esnext", target: "es2022", isolatedModules: true };
  return compiler.transpileModule(text, { compilerOptions }).outputText;
}
