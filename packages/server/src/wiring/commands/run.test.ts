import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";
import { run } from "./run.ts";
import { runCommand } from "./run-command.ts";

let platform: TestPlatform;
let call: ReturnType<typeof managementCaller>;
let app: Awaited<ReturnType<TestPlatform["createApp"]>>;
let instanceId: string;
/** The data directory, with `demo.env`. */
let directory: string;
let variables: Record<string, string>;

beforeAll(async () => {
  platform = await createTestPlatform();
  call = managementCaller(platform);
  app = await platform.createApp();
  ({ instanceId } = await install("Corner Shop"));
  directory = mkdtempSync(join(tmpdir(), "latchkey-run-"));
  variables = {
    ...{ LATCHKEY_URL: platform.url, LATCHKEY_ADMIN_KEY: platform.adminKey, APP_ID: app.appId },
    ...{ APP_SECRET: app.secret.value, INSTANCE_ID: instanceId },
    APP_PUBLIC_KEY: Buffer.from(app.publicKey).toString("base64"),
  };
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  writeFileSync(join(directory, "demo.env"), lines.join("\n"));
});
afterAll(async () => {
  await platform.close();
  rmSync(directory, { recursive: true });
});

async function install(name: string) {
  const { siteId } = await platform.createSite({ name });
  return await platform.install({ appId: app.appId, siteId });
}

interface Given {
  readonly env?: Record<string, string>;
  readonly options?: Record<string, string>;
  readonly flags?: readonly string[];
}

/** Runs a program of Node that calls `write` with a value. Returns this value, the exit code, and what is printed. */
async function execute(code: string, { env = {}, flags = [], options = {} }: Given = {}) {
  const file = join(directory, "written.json");
  rmSync(file, { force: true });
  const program = `import { writeFileSync } from "node:fs";
    const write = (value) => writeFileSync(${JSON.stringify(file)}, JSON.stringify(value));
    ${code}`;
  const printed: string[] = [];
  const report = await run.run({
    env: { PATH: process.env.PATH, LATCHKEY_DATA_DIR: directory, ...env },
    options,
    program: [
      ...[process.execPath, "--conditions=latchkey-source", "--disable-warning=ExperimentalWarning"],
      ...[...flags, "--input-type=module", "--eval", program],
    ],
    progress: (text) => printed.push(text),
  });
  const written = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
  return { printed, report, written };
}

describe("the API is called as the instance, with nothing in the code, by", () => {
  const readSite = (module: string, url: string) =>
    `import { httpClient } from "${module}";
     const response = await httpClient.fetchWithAuth("${url}");
     write((await response.json()).site.siteDisplayName);`;

  test("our httpClient", async () => {
    const { written } = await execute(readSite("@latchkey/sdk/essentials", "/apps/v1/instance"));
    expect(written).toBe("Corner Shop");
  });

  test("the unmodified httpClient of the third party", async () => {
    const code = readSite("@wix/essentials", "https://www.wixapis.com/apps/v1/instance");
    const { written } = await execute(code, { flags: ["--import", "@latchkey/sdk/essentials"] });
    expect(written).toBe("Corner Shop");
  });
});

describe("the variables of the program", () => {
  const names = /^(LATCHKEY_(URL|ADMIN_KEY)|(APP|INSTANCE|WIX)_\w+)$/;
  const seenWith = async (given: Given) =>
    (
      await execute(
        `write(Object.fromEntries(Object.entries(process.env).filter(([name]) => ${names}.test(name))))`,
        given,
      )
    ).written as Record<string, string>;

  test("are those of demo.env with the names of both platforms, without the admin key", async () => {
    const { LATCHKEY_ADMIN_KEY: _, ...own } = variables;
    expect(await seenWith({})).toEqual({
      ...own,
      WIX_CLIENT_ID: own.APP_ID,
      WIX_CLIENT_SECRET: own.APP_SECRET,
      WIX_CLIENT_PUBLIC_KEY: own.APP_PUBLIC_KEY,
      WIX_CLIENT_INSTANCE_ID: own.INSTANCE_ID,
    });
  });

  test("are those of the environment when it has an app, and nothing of demo.env or of another app", async () => {
    const env = { LATCHKEY_URL: "http://127.0.0.1:1", APP_ID: "other", APP_SECRET: "value" };
    expect(await seenWith({ env: { ...env, WIX_CLIENT_INSTANCE_ID: "of another app" } })).toEqual({
      ...env,
      WIX_CLIENT_ID: "other",
      WIX_CLIENT_SECRET: "value",
    });
  });

  test("are those of --credentials, whatever the environment has, with the instance of --instance", async () => {
    const other = await install("Book Shop");
    const seen = await seenWith({
      options: { credentials: join(directory, "demo.env"), instance: other.instanceId },
      env: { APP_ID: "other", APP_SECRET: "value" },
    });
    expect(seen).toMatchObject({ APP_ID: app.appId, INSTANCE_ID: other.instanceId });
  });

  test("have a secret of their own with --app, which is deleted when the program has ended", async () => {
    const other = await platform.createApp();
    const seen = await seenWith({ options: { app: other.appId, instance: instanceId } });
    expect(seen).toMatchObject({
      APP_ID: other.appId,
      APP_PUBLIC_KEY: Buffer.from(other.publicKey).toString("base64"),
      INSTANCE_ID: instanceId,
    });
    expect(seen.APP_SECRET).toMatch(/^lks_/);
    expect(seen.APP_SECRET).not.toBe(other.secret.value);
    const { body } = await call(`GET /apps/${other.appId}/secrets`);
    expect(body.items.map(({ secretId }) => secretId)).toEqual([other.secret.secretId]);
  });
});

test("prints the names of the variables, and no value", async () => {
  expect((await execute("")).printed).toEqual([
    `${process.execPath} runs with LATCHKEY_URL, APP_ID, WIX_CLIENT_ID, APP_SECRET, WIX_CLIENT_SECRET, ` +
      "APP_PUBLIC_KEY, WIX_CLIENT_PUBLIC_KEY, INSTANCE_ID, WIX_CLIENT_INSTANCE_ID.",
  ]);
});

test("ends with the exit code of the program, or 128 and the number of its signal", async () => {
  expect((await execute("process.exitCode = 7")).report.exitCode).toBe(7);
  expect((await execute('process.kill(process.pid, "SIGKILL")')).report.exitCode).toBe(137);
});

describe("refuses", () => {
  const invalid = "latchkey: invalid_command: The command is not valid. Run latchkey --help.";

  test.each([
    ["no program", [], 2, `${invalid} Name a program: latchkey run -- node app.js\n`],
    [
      "a program without --",
      ["node", "app.js"],
      2,
      `${invalid} Write -- before the program and its arguments.`,
    ],
    [
      "a program that does not exist",
      ["--", "no-such-program"],
      1,
      "latchkey: program_not_started: The program could not be started. Check the name no-such-program and PATH. (spawn no-such-program ENOENT)\n",
    ],
    [
      "a file that does not exist",
      ["--credentials", "/nowhere/app.env", "--", "node"],
      1,
      "The file /nowhere/app.env does not exist. latchkey dev and npm start write it; otherwise set APP_ID, APP_SECRET and LATCHKEY_URL, or pass --app.\n",
    ],
    [
      "a file without credentials",
      ["--credentials", "/dev/null", "--", "node"],
      1,
      "latchkey: invalid_configuration: The configuration is not usable. Missing in /dev/null: LATCHKEY_URL, APP_ID, APP_SECRET.\n",
    ],
    [
      "an app that does not exist",
      ["--app", "5a1c0000-0000-4000-8000-000000000000", "--", "node"],
      1,
      "latchkey: app_unavailable: The platform did not respond with the credentials of the app. GET http://127.0.0.1",
    ],
  ])("%s", async (_, args, code, text) => {
    const printed: string[] = [];
    const write = vi
      .spyOn(process.stderr, "write")
      .mockImplementation((text) => printed.push(String(text)) > 0);
    const ended = await runCommand(["run", ...args], { LATCHKEY_DATA_DIR: directory });
    write.mockRestore();
    expect([ended, printed.join("")]).toEqual([code, expect.stringContaining(text)]);
  });
});
