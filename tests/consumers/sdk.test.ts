import { execFile } from "node:child_process";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureInstalled } from "../../tools/launch/install.js";
import { type Installation, installPacked } from "../operations/packed-packages.ts";

const tools = join(import.meta.dirname, "node_modules");
let platform: TestPlatform;
/** A folder that has the packages from their tarballs. */
let installation: Installation;
/** The environment of an app that is installed on a site. */
let env: Record<string, string>;

beforeAll(async () => {
  await ensureInstalled(import.meta.dirname);
  installation = await installPacked(["protocol", "sdk"]);
  const { directory } = installation;
  for (const name of ["@types", "undici-types"]) {
    symlinkSync(join(tools, name), join(directory, "node_modules", name));
  }
  write("package.json", '{ "name": "consumer", "private": true }');
  write("client.ts", client);
  platform = await createTestPlatform();
  const { appId, secret } = await platform.createApp();
  const { siteId } = await platform.createSite();
  const { instanceId } = await platform.install({ appId, siteId });
  env = { LATCHKEY_URL: platform.url, APP_ID: appId, APP_SECRET: secret.value, INSTANCE_ID: instanceId };
});
afterAll(async () => {
  installation?.remove();
  await platform?.close();
});

function write(path: string, text: string): void {
  writeFileSync(join(installation.directory, path), text);
}

/** Runs a program in the folder, and returns its output. Throws it when the program fails. */
async function run(program: string, ...args: string[]): Promise<string> {
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  const options = { cwd: installation.directory, env: { ...inherited, ...env } };
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], options).catch(
    (error) => {
      throw new Error(`${program} failed:\n${error.stdout}${error.stderr}`);
    },
  );
  return stdout;
}

const client = `import { AppStrategy, createApp, createClient, LatchkeyError } from "@latchkey/sdk";
import { shippingRates } from "@latchkey/sdk/ecom";
import { fromEnvironment, httpClient } from "@latchkey/sdk/essentials";
import { createResourceServer } from "@latchkey/sdk/resource-server";
import { products } from "@latchkey/sdk/stores";

const { APP_ID = "", APP_SECRET = "", INSTANCE_ID = "" } = process.env;
export const auth = AppStrategy({ appId: APP_ID, appSecret: APP_SECRET, instanceId: INSTANCE_ID });
export const client = createClient({ auth, modules: { products } });
export const find = async (): Promise<string[]> =>
  (await client.products.queryProducts().find()).items.map(({ name }) => name);
export const isRefused = (error: unknown): boolean => LatchkeyError.is(error, "network");
export const all = [createApp, fromEnvironment, httpClient, createResourceServer, shippingRates];
`;

describe("TypeScript 5.4 compiles a program", () => {
  const tsc = join(tools, "typescript/bin/tsc");
  const base = ["--noEmit", "--strict", "--target", "es2022", "--types", "node"];
  const of = (module: string, moduleResolution: string) =>
    ["--module", module, "--moduleResolution", moduleResolution] as const;

  test.each([
    ["CommonJS as in the time of Node 10", of("commonjs", "node10")],
    ["CommonJS of Node", of("node16", "node16")],
    ["a bundler", of("esnext", "bundler")],
  ])("for %s", async (_, options) => {
    expect(await run(tsc, ...base, ...options, "client.ts")).toBe("");
  });

  test("for ECMAScript modules of Node", async () => {
    write("client.mts", client);
    const options = of("nodenext", "nodenext");
    expect(await run(tsc, ...base, ...options, "client.mts")).toBe("");
  });
});

test("a program that loads both copies recognizes the errors of either, and both have the same exports", async () => {
  write(
    "both.mjs",
    `import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const results = [];
for (const name of ["", "/ecom", "/essentials", "/resource-server", "/stores"]) {
  const imported = await import("@latchkey/sdk" + name);
  const required = require("@latchkey/sdk" + name);
  results.push(imported === required, Object.keys(imported).join() === Object.keys(required).toSorted().join());
}
const { LatchkeyError, AppStrategy } = await import("@latchkey/sdk");
const required = require("@latchkey/sdk");
const caught = (strategy) => { try { strategy({}); } catch (error) { return error; } };
results.push(LatchkeyError.is(caught(required.AppStrategy), "missing_credentials"));
results.push(required.LatchkeyError.is(caught(AppStrategy), "missing_credentials"));
console.log(JSON.stringify(results));`,
  );
  const results = JSON.parse(await run("both.mjs"));
  expect(results).toEqual([...Array.from({ length: 5 }, () => [false, true]).flat(), true, true]);
});

test("Jest in its default mode runs a test that gets a token of the platform", async () => {
  write(
    "token.test.js",
    `const { AppStrategy } = require("@latchkey/sdk");
test("gets a token", async () => {
  const { APP_ID, APP_SECRET, INSTANCE_ID } = process.env;
  const auth = AppStrategy({ appId: APP_ID, appSecret: APP_SECRET, instanceId: INSTANCE_ID });
  const { headers } = await auth.getAuthHeaders();
  expect(headers.Authorization.split(".")).toHaveLength(3);
});`,
  );
  await run(
    join(tools, "jest/bin/jest.js"),
    "--ci",
    "--watchman=false",
    "--testMatch",
    "<rootDir>/token.test.js",
  );
});
