import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createRepository } from "../test-repository.ts";
import { api } from "./api.ts";

const counter = `/** Counts. */
export class Counter {
  private readonly step: number = 1;
  #count = 0;
  add(): number {
    this.#count += this.step;
    return this.#count;
  }
}
interface Hidden {
  readonly a: string;
}
export function read(text: string): Hidden;
export function read(text: Hidden): Hidden;
export function read(text: string | Hidden): Hidden {
  return typeof text === "string" ? { a: text } : text;
}
`;

const files = {
  "packages/sdk/package.json": JSON.stringify({
    exports: { ".": { "latchkey-source": "./src/index.ts" }, "./package.json": "./package.json" },
  }),
  "packages/sdk/tsconfig.json": JSON.stringify({
    compilerOptions: {
      ...{ declaration: true, sourceMap: true, isolatedDeclarations: true, types: [] },
      ...{ module: "nodenext", target: "es2024", rootDir: "src", allowImportingTsExtensions: true },
      rewriteRelativeImportExtensions: true,
    },
    include: ["src"],
  }),
  "packages/sdk/src/index.ts":
    'export type { Token } from "@latchkey/protocol";\nexport { Counter, read as readText } from "./counter.ts";\n',
  "packages/sdk/src/counter.ts": counter,
};

const report = `// What @latchkey/sdk exports. Written by npm run check -- api --fix.

export class Counter {
    add(): number;
}

export { Token } from "@latchkey/protocol";

export function read(text: string): Hidden;
export function read(text: Hidden): Hidden;
export { read as readText };
`;

test("the report has every export with its declaration, and a change of one is found until it is in the report", async () => {
  using repository = createRepository(files);
  const { root } = repository;
  const missing = [
    "packages/sdk/api/index.txt differs from the code. Run npm run check -- api --fix, and commit the file.",
  ];
  expect(await api.run({ root, fix: false })).toEqual(missing);
  expect(await api.run({ root, fix: true })).toEqual([]);
  expect(readFileSync(join(root, "packages/sdk/api/index.txt"), "utf8")).toBe(report);

  const change = (from: string, to: string) =>
    writeFileSync(join(root, "packages/sdk/src/counter.ts"), counter.replace(from, to));
  change("this.#count += this.step", "this.#count += 2 * this.step");
  expect(await api.run({ root, fix: false })).toEqual([]);
  change("add(): number", "add(by?: number): number");
  expect(await api.run({ root, fix: false })).toEqual(missing);
});

test("an entry point that exports everything of a file is refused", async () => {
  using repository = createRepository({
    ...files,
    "packages/sdk/src/index.ts": 'export * from "./counter.ts";\n',
  });
  await expect(api.run({ root: repository.root, fix: false })).rejects.toThrow(
    "the entry point exports `*`; list the names.",
  );
});
