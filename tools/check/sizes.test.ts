import { expect, test } from "vitest";
import { maxSourceLines, sizes } from "./sizes.ts";
import { createRepository } from "./test-repository.ts";

test.each([
  ["packages/sdk/src/a.ts", 400],
  ["packages/sdk/src/a.test.ts", 400],
  ["tools/a.js", 400],
  ["packages/sdk/src/index.ts", 100],
  ["README.md", 150],
  ["ARCHITECTURE.md", 210],
])("%s may have %i lines and no more", async (path, limit) => {
  expect(await problems({ [path]: "a;\n".repeat(limit) })).toEqual([]);
  expect(await problems({ [path]: "a;\n".repeat(limit + 1) })).toEqual([
    `${path} has ${limit + 1} lines, ${limit} are allowed`,
  ]);
});

test("a folder may have 14 files beside its tests and no more", async () => {
  const files = Array.from({ length: 14 }, (_, i) => [`tools/a/f${i}.ts`, `tools/a/f${i}.test.ts`]).flat();
  const full = Object.fromEntries(files.map((path) => [path, ""]));
  expect(await problems({ ...full, "tools/a/b/c.ts": "" })).toEqual([]);
  expect(await problems({ ...full, "tools/a/one-more.ts": "" })).toEqual([
    "tools/a has 15 files without tests, 14 are allowed",
  ]);
});

test("reports the source lines of packages without tests, and refuses too many", async () => {
  const files = {
    "packages/sdk/src/a.ts": "a;\nb;\n",
    "packages/sdk/src/a.test.ts": "a;\n",
    "packages/server/src/b.ts": "a;",
    "packages/stores/src/test-support/c.ts": "a;\n",
    "packages/sdk/bin/d.ts": "a;\n",
    "tools/e.ts": "a;\n",
  };
  using repository = createRepository(files);
  expect(sizes.measure?.({ root: repository.root, fix: false })).toEqual({ sourceLines: 3 });
  const path = "packages/sdk/src/a.ts";
  expect(await problems({ [path]: "a;\n".repeat(maxSourceLines) })).toHaveLength(1);
  expect(await problems({ [path]: "a;\n".repeat(maxSourceLines + 1) })).toContain(
    `packages/*/src without tests has ${maxSourceLines + 1} lines, ${maxSourceLines} are allowed`,
  );
});

test("ignores built files, dependencies, caches and documents", async () => {
  const long = "a;\n".repeat(500);
  const files = [
    "packages/sdk/dist/a.js",
    "packages/sdk/node_modules/a/a.js",
    "tools/.cache/a.ts",
    "docs/a.ts",
  ];
  expect(await problems(Object.fromEntries(files.map((path) => [path, long])))).toEqual([]);
});

async function problems(files: Record<string, string>): Promise<string[]> {
  using repository = createRepository(files);
  return sizes.run({ root: repository.root, fix: false });
}
