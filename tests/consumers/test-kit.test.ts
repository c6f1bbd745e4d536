import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureInstalled } from "../../tools/launch/install.js";
import { childFlags } from "../../tools/test/responses/child-process.ts";
// The example with Vitest: its tests run in this file.
import "../../examples/test-your-app/app.test.ts";

const tools = join(import.meta.dirname, "node_modules");
const packages = join(import.meta.dirname, "../../packages");
const examples = join(import.meta.dirname, "../../examples/test-your-app");
/** A project in CommonJS, which has the packages. */
let directory: string;

beforeAll(async () => {
  await ensureInstalled(import.meta.dirname);
  directory = mkdtempSync(join(tmpdir(), "latchkey-jest-"));
  mkdirSync(join(directory, "node_modules/@latchkey"), { recursive: true });
  for (const name of ["protocol", "sdk", "server", "stores"]) {
    symlinkSync(join(packages, name), join(directory, "node_modules/@latchkey", name));
  }
  // From TypeScript sources, and on a busy machine, the platform takes seconds to start.
  const manifest = { name: "consumer", private: true, jest: { testTimeout: 120_000 } };
  writeFileSync(join(directory, "package.json"), JSON.stringify(manifest));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("Jest in its default mode runs a test with the platform, and ends", async () => {
  cpSync(join(examples, "app.test.cjs"), join(directory, "app.test.js"));
  const jest = join(tools, "jest/bin/jest.js");
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { stderr } = await promisify(execFile)(process.execPath, [...childFlags(), jest, "--runInBand"], {
    cwd: directory,
    env,
  });
  expect(stderr).toContain("1 passed, 1 total");
  expect(stderr).not.toContain("did not exit");
});
