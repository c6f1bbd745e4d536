import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as protocol from "@latchkey/protocol";
import * as sdk from "@latchkey/sdk";
import * as stores from "@latchkey/sdk/stores";
import * as server from "@latchkey/server";
import * as testing from "@latchkey/server/testing";
import * as storesApi from "@latchkey/stores";
import * as storesTesting from "@latchkey/stores/testing";
import { afterAll, expect, test } from "vitest";
import { isTest, readCode } from "../../tools/check/source-files.ts";
import { root } from "./documents.ts";
import { createProject } from "./project.ts";

const project = createProject();
afterAll(() => project.remove());

// The names that an example can use without an import.
const surroundings = `
${namesOf("@latchkey/protocol", protocol)}
${namesOf("@latchkey/sdk", sdk)}
${namesOf("@latchkey/sdk/stores", stores)}
${namesOf("@latchkey/server", server)}
${namesOf("@latchkey/server/testing", testing)}
${namesOf("@latchkey/stores", storesApi)}
${namesOf("@latchkey/stores/testing", storesTesting)}
declare const config: import("@latchkey/server").Config;
declare const client: import("@latchkey/sdk").Client<typeof import("@latchkey/sdk/stores")>;
`;

function namesOf(specifier: string, exports: object): string {
  return Object.keys(exports)
    .map((name) => `declare const ${name}: typeof import("${specifier}").${name};`)
    .join("\n");
}

const publicCode =
  /^packages\/(protocol|sdk)\/src\/|^packages\/stores\/src\/(stores\.ts$|testing\/)|^packages\/server\/src\/(testing|index\.ts$|wiring\/load-|features\/resources\/|infrastructure\/errors\/|infrastructure\/http\/)/;

/** Returns the examples of a file's docstrings, without the leading asterisks. */
function examplesOf(path: string): string[] {
  const text = readFileSync(join(root, path), "utf8");
  return [...text.matchAll(/^ *\* @example\n((?: *\*(?! @|\/).*\n)+)/gm)].map(([, lines = ""]) =>
    lines.replaceAll(/^ *\* ?/gm, ""),
  );
}

test("every example of public code compiles", async () => {
  const examples = readCode(root)
    .filter(({ path }) => publicCode.test(path) && !isTest(path))
    .flatMap(({ path }) => examplesOf(path).map((text) => ({ path, text })));
  expect(examples.map(({ path }) => path)).toContain("packages/sdk/src/create-client.ts");
  project.add("surroundings.d.ts", surroundings);
  for (const [index, { path, text }] of examples.entries()) {
    project.add(`${path.replaceAll(/[^A-Za-z0-9]+/g, "-")}-${index}.ts`, `${text}\nexport {};\n`);
  }
  expect(await project.compile()).toBeUndefined();
});
