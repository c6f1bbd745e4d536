import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { plantRepository } from "../planted-repository.ts";
import { imports } from "./imports.ts";

const server = "packages/server/src";

test.each([
  [
    "a package it may not know",
    "packages/protocol/src/a.ts",
    "@latchkey/sdk",
    "protocol may not import the package sdk",
  ],
  ["the sdk in the server", `${server}/apps/a.ts`, "@latchkey/sdk", "server may not import the package sdk"],
  [
    "the server in the sdk",
    "packages/sdk/src/a.ts",
    "@latchkey/server/testing",
    "sdk may not import the package server",
  ],
  [
    "the server in an example",
    "examples/a/a.ts",
    "@latchkey/server",
    "examples may not import the package server",
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
    "a feature in the ground",
    `${server}/db/a.ts`,
    "../apps/index.ts",
    "db may not import apps: it stands on a higher level",
  ],
  [
    "a higher feature",
    `${server}/apps/a.ts`,
    "../tokens/index.ts",
    "apps may not import tokens: it stands on a higher level",
  ],
  [
    "a feature of the same level",
    `${server}/apps/a.ts`,
    "../sites/index.ts",
    "apps may not import sites: it stands on the same level",
  ],
  [
    "what serves tests",
    "packages/sdk/src/a.ts",
    "./testing/failure.ts",
    "only tests may import what serves tests",
  ],
  [
    "platform.ts",
    `${server}/stores/a.ts`,
    "../platform.ts",
    "stores may not import platform.ts: it stands on a higher level",
  ],
  [
    "the inside of a folder",
    `${server}/apps/a.ts`,
    "../db/open.ts",
    "db is imported through its index.ts only",
  ],
  [
    "what production must not load",
    `${server}/platform.ts`,
    "./development/index.ts",
    "development is loaded by import() only, so that production never loads it",
  ],
])("refuses %s", async (_, path, specifier, reason) => {
  expect(await problems({ [path]: `import { a } from "${specifier}";\n` })).toEqual([`${path}:1 ${reason}`]);
});

test.each([
  [
    "a lower level through its index.ts",
    `${server}/tokens/a.ts`,
    'import { a } from "../instances/index.ts";',
  ],
  ["its own folder", `${server}/tokens/grants/a.ts`, 'import { a } from "../mint.ts";'],
  [
    "the protocol in the server and the sdk",
    `${server}/tokens/a.ts`,
    'import { a } from "@latchkey/protocol";',
  ],
  [
    "a part of the server that is loaded when asked for",
    `${server}/platform.ts`,
    'await import("./development/index.ts");',
  ],
  [
    "any folder in the test beside a file",
    `${server}/apps/a.test.ts`,
    'import { a } from "../tokens/mint.ts";',
  ],
  ["any package in a test", `${server}/apps/a.test.ts`, 'import { a } from "@latchkey/sdk";'],
  [
    "what keeps a context where contexts are kept",
    "packages/sdk/src/essentials/a.ts",
    'import { a } from "node:async_hooks";',
  ],
  ["Node in the test of a portable package", "packages/sdk/src/a.test.ts", 'import { a } from "node:fs";'],
  ["Node in the server", `${server}/db/a.ts`, 'import { a } from "node:fs";'],
  ["packages in a bench", "bench/a.ts", 'import { a } from "@latchkey/server";'],
  ["tools in a test", "tests/setup/a.ts", 'import { a } from "../../tools/postgres/a.ts";'],
  ["somebody else's package", `${server}/db/a.ts`, 'import { a } from "kysely";'],
])("allows %s", async (_, path, line) => {
  expect(await problems({ [path]: `${line}\n` })).toEqual([]);
});

test("refuses a folder of the server that has no level", async () => {
  expect(await problems({ [`${server}/novelty/a.ts`]: "" })).toEqual([
    `${server}/novelty has no level in tools/import-rules.ts`,
  ]);
});

test("refuses files that load each other, also over a third one", async () => {
  const found = await problems({
    "tools/a.ts": 'import "./b.ts";\n',
    "tools/b.ts": 'import "./c.ts";\n',
    "tools/c.ts": 'import "./a.ts";\n',
  });
  expect(found).toEqual([
    "files import each other in a circle: tools/a.ts -> tools/b.ts -> tools/c.ts -> tools/a.ts",
  ]);
});

test("allows files of one folder to know each other's types", async () => {
  const found = await problems({
    "tools/a.ts": 'import type { B } from "./b.ts";\n',
    "tools/b.ts": 'import "./a.ts";\n',
  });
  expect(found).toEqual([]);
});

test("refuses folders that know each other, be it by types", async () => {
  const found = await problems({
    "packages/sdk/src/one/a.ts": 'import type { B } from "../two/b.ts";\n',
    "packages/sdk/src/two/b.ts": 'import "../one/c.ts";\n',
    "packages/sdk/src/one/c.ts": "",
  });
  expect(found).toEqual([
    "folders know each other in a circle: packages/sdk/src/one -> packages/sdk/src/two -> packages/sdk/src/one",
  ]);
});

test("draws the graph into ARCHITECTURE.md, and refuses an old one", async () => {
  using repository = plantRepository({
    "ARCHITECTURE.md": "# Map\n<!-- import graph -->\nold\n<!-- /import graph -->\nmore\n",
    [`${server}/platform.ts`]: 'import "./apps/index.ts";\nimport "./db/index.ts";\n',
    [`${server}/apps/index.ts`]: 'import "../db/index.ts";\nimport "@latchkey/protocol";\n',
    [`${server}/db/index.ts`]: 'import "../clock/index.ts";\n',
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
  subgraph level_6["level 6"]
    platform_ts["platform.ts"]
  end
  subgraph level_1["level 1"]
    apps["apps"]
  end
  subgraph ground["ground"]
    clock["clock"]; db["db"]
  end
  db --> clock
  level_1 --> ground
  level_6 --> level_1
\`\`\`
<!-- /import graph -->
more
`);
  expect(await imports.run({ root, fix: false })).toEqual([]);
});

/** The problems of a repository with the given files, leaving out its graph. */
async function problems(files: Record<string, string>): Promise<string[]> {
  using repository = plantRepository({
    ...files,
    "ARCHITECTURE.md": "<!-- import graph --><!-- /import graph -->",
  });
  return imports.run({ root: repository.root, fix: true });
}
