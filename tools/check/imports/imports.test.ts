import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createRepository } from "../test-repository.ts";
import { imports } from "./imports.ts";

const server = "packages/server/src";

test.each([
  [
    "a package it may not know",
    "packages/protocol/src/a.ts",
    "@latchkey/sdk",
    "protocol may not import the package sdk",
  ],
  [
    "the sdk in the server",
    `${server}/features/apps/a.ts`,
    "@latchkey/sdk",
    "server may not import the package sdk",
  ],
  [
    "the server in the sdk",
    "packages/sdk/src/a.ts",
    "@latchkey/server/testing",
    "sdk may not import the package server",
  ],
  [
    "the protocol in an example",
    "examples/a/a.ts",
    "@latchkey/protocol",
    "examples may not import the package protocol",
  ],
  [
    "another package by a path",
    "packages/sdk/src/a.ts",
    "../../protocol/src/a.ts",
    "protocol is reached by its package name, not by a path",
  ],
  [
    "a package by a path in a test",
    "tests/a.test.ts",
    "../packages/sdk/src/a.ts",
    "sdk is reached by its package name, not by a path",
  ],
  ["tools in a package", "packages/sdk/src/a.ts", "../../../tools/a.ts", "sdk may not import from tools"],
  [
    "a Node module in a portable package",
    "packages/sdk/src/a.ts",
    "node:crypto",
    "the package sdk runs everywhere and may not import node:crypto",
  ],
  [
    "a Node module in a folder that may have another one",
    "packages/sdk/src/essentials/a.ts",
    "node:fs",
    "the package sdk runs everywhere and may not import node:fs",
  ],
  [
    "a feature in infrastructure",
    `${server}/infrastructure/database/a.ts`,
    "../../features/apps/index.ts",
    "infrastructure may not import features",
  ],
  [
    "wiring in a feature",
    `${server}/features/tokens/a.ts`,
    "../../wiring/platform.ts",
    "features may not import wiring",
  ],
  [
    "a feature of a row below",
    `${server}/features/apps/a.ts`,
    "../tokens/index.ts",
    "the feature apps may not import tokens: it is not in a row above in featureOrder",
  ],
  [
    "a feature of the same row",
    `${server}/features/apps/a.ts`,
    "../sites/index.ts",
    "the feature apps may not import sites: it is not in a row above in featureOrder",
  ],
  [
    "test support in the sdk",
    "packages/sdk/src/a.ts",
    "@latchkey/test-support/a",
    "sdk may not import the package test-support",
  ],
  [
    "a file of tests in the test of a package",
    "packages/sdk/src/a.test.ts",
    "../../../tests/support/a.ts",
    "sdk may not import from tests",
  ],
  [
    "test support in a bench",
    "bench/a.ts",
    "@latchkey/test-support/a",
    "bench may not import the package test-support",
  ],
  [
    "a file inside another folder",
    `${server}/features/apps/a.ts`,
    "../../infrastructure/database/open.ts",
    "database is imported through its index.ts only",
  ],
  [
    "a folder that production must not load",
    `${server}/wiring/platform.ts`,
    "./development/index.ts",
    "it is loaded by import() only, so that production never loads it",
  ],
])("refuses %s", async (_, path, specifier, reason) => {
  expect(await problems({ [path]: `import { a } from "${specifier}";\n` })).toEqual([`${path}:1 ${reason}`]);
});

test.each([
  [
    "a feature of a row above through its index.ts",
    `${server}/features/tokens/a.ts`,
    'import { a } from "../instances/index.ts";',
  ],
  ["its own folder", `${server}/features/tokens/grants/a.ts`, 'import { a } from "../mint.ts";'],
  [
    "the protocol in the server and the sdk",
    `${server}/features/tokens/a.ts`,
    'import { a } from "@latchkey/protocol";',
  ],
  [
    "a part of the server that is loaded when asked for",
    `${server}/wiring/platform.ts`,
    'await import("./development/index.ts");',
  ],
  [
    "any folder in the test beside a file",
    `${server}/features/apps/a.test.ts`,
    'import { a } from "../tokens/mint.ts";',
  ],
  ["any package in a test", `${server}/features/apps/a.test.ts`, 'import { a } from "@latchkey/sdk";'],
  [
    "what keeps a context where contexts are kept",
    "packages/sdk/src/essentials/a.ts",
    'import { a } from "node:async_hooks";',
  ],
  ["Node in the test of a portable package", "packages/sdk/src/a.test.ts", 'import { a } from "node:fs";'],
  ["Node in the server", `${server}/infrastructure/database/a.ts`, 'import { a } from "node:fs";'],
  [
    "test support in the test of a package",
    "packages/sdk/src/a.test.ts",
    'import "@latchkey/test-support/a";',
  ],
  ["packages in a bench", "bench/a.ts", 'import { a } from "@latchkey/server";'],
  ["tools in a test", "tests/setup/a.ts", 'import { a } from "../../tools/postgres/a.ts";'],
  ["somebody else's package", `${server}/infrastructure/database/a.ts`, 'import { a } from "kysely";'],
])("allows %s", async (_, path, line) => {
  expect(await problems({ [path]: `${line}\n` })).toEqual([]);
});

test("refuses a folder of the server that is in no layer, and a feature without a place in the order", async () => {
  expect(await problems({ [`${server}/novelty/a.ts`]: "", [`${server}/features/novelty/a.ts`]: "" })).toEqual(
    [
      "the feature novelty is not in featureOrder of tools/import-rules.ts",
      `${server}/novelty/a.ts is in no layer of packages/server/src: infrastructure, features, wiring`,
    ],
  );
});

test("refuses files that load each other, also over a third one", async () => {
  const found = await problems({
    "tools/a.ts": 'import "./b.ts";\n',
    "tools/b.ts": 'import "./c.ts";\n',
    "tools/c.ts": 'import "./a.ts";\n',
  });
  expect(found).toEqual([
    "files import each other in a cycle: tools/a.ts -> tools/b.ts -> tools/c.ts -> tools/a.ts",
  ]);
});

test("allows files of one folder to import each other's types", async () => {
  const found = await problems({
    "tools/a.ts": 'import type { B } from "./b.ts";\n',
    "tools/b.ts": 'import "./a.ts";\n',
  });
  expect(found).toEqual([]);
});

test("refuses folders that import each other, also by types only", async () => {
  const found = await problems({
    "packages/sdk/src/one/a.ts": 'import type { B } from "../two/b.ts";\n',
    "packages/sdk/src/two/b.ts": 'import "../one/c.ts";\n',
    "packages/sdk/src/one/c.ts": "",
  });
  expect(found).toEqual([
    "folders import each other in a cycle: packages/sdk/src/one -> packages/sdk/src/two -> packages/sdk/src/one",
  ]);
});

test("draws the graph into ARCHITECTURE.md, and refuses an old one", async () => {
  using repository = createRepository({
    "ARCHITECTURE.md": "# Map\n<!-- import graph -->\nold\n<!-- /import graph -->\nmore\n",
    [`${server}/wiring/platform.ts`]:
      'import "../features/tokens/index.ts";\nimport "../infrastructure/database/index.ts";\n',
    [`${server}/features/tokens/index.ts`]: 'import "../apps/index.ts";\nimport "@latchkey/protocol";\n',
    [`${server}/features/apps/index.ts`]: 'import "../../infrastructure/database/index.ts";\n',
    [`${server}/infrastructure/database/index.ts`]: 'import "../clock/index.ts";\n',
    "packages/sdk/src/index.ts": 'import "@latchkey/protocol";\n',
  });
  const { root } = repository;
  expect(await imports.run({ root, fix: false })).toEqual([
    "ARCHITECTURE.md shows an old import graph: npm run check -- imports --fix",
  ]);
  expect(await imports.run({ root, fix: true })).toEqual([]);
  expect(readFileSync(join(root, "ARCHITECTURE.md"), "utf8")).toBe(`# Map
<!-- import graph -->
\`\`\`mermaid
graph TD
  subgraph packages["packages"]
    _latchkey_sdk["@latchkey/sdk"]; _latchkey_server["@latchkey/server"]
  end
  _latchkey_sdk --> _latchkey_protocol
  _latchkey_server --> _latchkey_protocol
  subgraph infrastructure["infrastructure"]
    clock["clock"]; database["database"]
  end
  subgraph features["features"]
    apps["apps"]; tokens["tokens"]
  end
  database --> clock
  features --> infrastructure
  tokens --> apps
  wiring --> features
\`\`\`
<!-- /import graph -->
more
`);
  expect(await imports.run({ root, fix: false })).toEqual([]);
});

/** The problems of a repository with the given files, leaving out its graph. */
async function problems(files: Record<string, string>): Promise<string[]> {
  using repository = createRepository({
    ...files,
    "ARCHITECTURE.md": "<!-- import graph --><!-- /import graph -->",
  });
  return imports.run({ root: repository.root, fix: true });
}
