import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureInstalled } from "../../tools/launch/install.js";
import { childFlags } from "../../tools/test/responses/child-process.ts";

const tools = join(import.meta.dirname, "node_modules");
const packages = join(import.meta.dirname, "../../packages");
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

const appTest = `
const { createTestPlatform } = require("@latchkey/server/testing/jest");

let platform;
beforeAll(async () => {
  platform = await createTestPlatform({ resources: ["@latchkey/stores"] });
});
afterAll(() => platform.close());

test("the app reads products, and not after it is removed", async () => {
  const { appId } = await platform.createApp({ scopes: ["SCOPE.DC-STORES.READ-PRODUCTS"] });
  const { siteId } = await platform.createSite();
  const instance = await platform.install({ appId, siteId });
  const authorization = await platform.token(instance);
  const query = () =>
    fetch(platform.url + "/stores/v1/products/query", {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: "{}",
    });
  expect((await query()).status).toBe(200);
  await platform.remove(instance.instanceId);
  expect((await query()).status).toBe(401);
});
`;

test("Jest in its default mode runs a test with the platform, and ends", async () => {
  writeFileSync(join(directory, "app.test.js"), appTest);
  const jest = join(tools, "jest/bin/jest.js");
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { stderr } = await promisify(execFile)(
    process.execPath,
    [...childFlags(), jest, "--runInBand"],
    { cwd: directory, env },
  );
  expect(stderr).toContain("1 passed, 1 total");
  expect(stderr).not.toContain("did not exit");
});
