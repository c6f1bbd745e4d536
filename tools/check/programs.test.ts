import { expect, test } from "vitest";
import { packages } from "./packages.ts";
import { lint, types, unused } from "./programs.ts";
import { createRepository } from "./test-repository.ts";

const tsconfig = JSON.stringify({
  compilerOptions: { strict: true, noEmit: true, types: [] },
  files: ["a.ts"],
});
const biome = JSON.stringify({ linter: { rules: { preset: "recommended" } } });
const manifest = JSON.stringify({ name: "planted", type: "module", main: "index.ts", dependencies: {} });

test("types finds a wrong type", async () => {
  using repository = createRepository({
    "tsconfig.json": tsconfig,
    "a.ts": 'export const a: number = "b";\n',
  });
  expect(await types.run({ root: repository.root, fix: false })).toEqual([
    "a.ts(1,14): error TS2322: Type 'string' is not assignable to type 'number'.",
  ]);
});

test("types accepts correct ones", async () => {
  using repository = createRepository({ "tsconfig.json": tsconfig, "a.ts": "export const a: number = 1;\n" });
  expect(await types.run({ root: repository.root, fix: false })).toEqual([]);
});

test("lint finds a broken rule and a wrong format, and corrects the format", async () => {
  using repository = createRepository({ "biome.json": biome, "a.ts": "debugger;\nexport const a   = 1;\n" });
  const [output = ""] = await lint.run({ root: repository.root, fix: false });
  expect(output).toContain("lint/suspicious/noDebugger");
  expect(output).toContain("a.ts format");
  using fixable = createRepository({ "biome.json": biome, "a.ts": "export const a   = 1;\n" });
  expect(await lint.run({ root: fixable.root, fix: true })).toEqual([]);
  expect(await lint.run({ root: fixable.root, fix: false })).toEqual([]);
});

test("lint refuses a function of more than 60 lines by the rules of this repository", async () => {
  const ours = JSON.parse(await readOurBiome());
  delete ours.vcs;
  const long = `export function long(): void {\n${"  f();\n".repeat(61)}}\nfunction f(): void {}\n`;
  using repository = createRepository({ "biome.json": JSON.stringify(ours, null, 2), "long.ts": long });
  const [output = ""] = await lint.run({ root: repository.root, fix: false });
  expect(output).toContain("lint/complexity/noExcessiveLinesPerFunction");
});

test("unused finds a file that nothing imports", async () => {
  using repository = createRepository({
    "package.json": manifest,
    "index.ts": "export {};\n",
    "lonely.ts": "",
  });
  const found = await unused.run({ root: repository.root, fix: false });
  expect(found).toContain("lonely.ts");
});

test("packages finds an entry that the build does not make, and types that do not fit", async () => {
  const compilerOptions = {
    rootDir: "src",
    outDir: "dist",
    declaration: true,
    module: "nodenext",
    types: [],
  };
  const files = {
    "packages/protocol/tsconfig.json": JSON.stringify({ compilerOptions, include: ["src"] }),
    "packages/protocol/src/index.ts": "export const a: number = 1;\n",
  };
  const described = {
    name: "planted",
    version: "1.0.0",
    type: "module",
    files: ["dist"],
    license: "Apache-2.0",
  };
  const good = { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } };
  const bad = { ".": { types: "./dist/other.d.ts", default: "./dist/index.js" } };
  using sound = createRepository({
    ...files,
    "packages/protocol/package.json": JSON.stringify({ ...described, exports: good }),
  });
  expect(await packages.run({ root: sound.root, fix: false })).toEqual([]);
  using broken = createRepository({
    ...files,
    "packages/protocol/package.json": JSON.stringify({ ...described, exports: bad }),
  });
  const found = (await packages.run({ root: broken.root, fix: false })).join("\n");
  expect(found).toContain("protocol: pkg.exports");
  expect(found).toContain("Used fallback condition");
});

async function readOurBiome(): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  return readFile(new URL("../../biome.json", import.meta.url), "utf8");
}
