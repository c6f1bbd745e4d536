import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { freePort } from "../../../../../tools/free-port.ts";
import { childFlags } from "../../../../../tools/test/responses/child-process.ts";
import { createTestPlatform, type State, type TestPlatform } from "../../testing/index.ts";
import { runCommand } from "./run-command.ts";

let platform: TestPlatform;
let appId: string;
let secret: string;
let directory: string;

beforeAll(async () => {
  platform = await createTestPlatform();
  const app = await platform.createApp();
  ({ appId } = app);
  secret = app.secret.value;
  directory = mkdtempSync(join(tmpdir(), "latchkey-state-"));
});
afterAll(async () => {
  await platform.close();
  rmSync(directory, { recursive: true });
});
afterEach(() => vi.restoreAllMocks());

/** Runs a command. Returns its exit code, standard output and standard error. */
async function latchkey(args: readonly string[], env: Record<string, string> = {}) {
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      output[name] += text;
      return true;
    });
  }
  const server = { LATCHKEY_URL: platform.url, LATCHKEY_ADMIN_KEY: platform.adminKey };
  const code = await runCommand(args, { LATCHKEY_DATA_DIR: directory, ...server, ...env });
  vi.restoreAllMocks();
  return { code, ...output };
}

const fileIn = (name: string) => join(directory, name);
const readState = (file: string): State => JSON.parse(readFileSync(file, "utf8"));

test("latchkey state export writes a state that only its owner can read, with the key if it is at hand", async () => {
  const { encryptionKey = "" } = await platform.export();
  const file = fileIn("with-key.json");
  const { code, stdout } = await latchkey(["state", "export", file, "--json"], {
    LATCHKEY_ENCRYPTION_KEY: encryptionKey,
  });
  expect([code, JSON.parse(stdout)]).toEqual([0, { file, rows: expect.any(Number), hasEncryptionKey: true }]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const state = readState(file);
  expect(state).toMatchObject({ about: expect.stringContaining("contains secrets"), encryptionKey });

  await using copy = await createTestPlatform({ state });
  expect(await copy.publicKey(appId)).toBe(await platform.publicKey(appId));
});

test("latchkey state export leaves out a key of another server, and says so", async () => {
  const file = fileIn("without-key.json");
  writeFileSync(
    fileIn("encryption-key"),
    `${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64")}\n`,
  );
  const { code, stdout } = await latchkey(["state", "export", file]);
  rmSync(fileIn("encryption-key"));
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\d+ rows written to .*\nIt does not contain the encryption key/);
  expect(readState(file).encryptionKey).toBeUndefined();
});

test("latchkey state export replaces a file with --force only, and never what a link points to", async () => {
  const target = fileIn("target.txt");
  const link = fileIn("link.json");
  writeFileSync(target, "mine");
  symlinkSync(target, link);
  expect(await latchkey(["state", "export", link])).toEqual({
    code: 1,
    stdout: "",
    stderr: expect.stringContaining(
      `state_not_exported: The state was not exported. ${link} exists. Name another file, or pass --force.`,
    ),
  });
  expect(readFileSync(link, "utf8")).toBe("mine");
  expect(await latchkey(["state", "export", link, "--force"])).toMatchObject({ code: 0 });
  expect(readFileSync(target, "utf8")).toBe("mine");
  expect(readState(link).version).toBe("0.0.0");
  expect(statSync(link).mode & 0o777).toBe(0o600);
});

test.each([
  [{ LATCHKEY_ADMIN_KEY: "wrong" }, "failed. Only a server in development exports its state.", 1],
  [{ LATCHKEY_URL: "http://127.0.0.1:9" }, "GET http://127.0.0.1:9/admin/v1/dev/state failed.", 1],
])("latchkey state export with %j creates no file", async (env, text, code) => {
  const file = fileIn("none.json");
  const result = await latchkey(["state", "export", file], env);
  expect(result).toEqual({ code, stdout: "", stderr: expect.stringContaining(text) });
  expect(result.stderr).not.toContain(platform.adminKey);
  expect(existsSync(file)).toBe(false);
});

test.each([[["state"]], [["state", "import", "a.json"]], [["state", "export", "a.json", "b.json"]]])(
  "%j is refused",
  async (args) => {
    const { code, stderr } = await latchkey(args);
    expect([code, stderr]).toEqual([2, expect.stringContaining("Write latchkey state export <file>.")]);
  },
);

/** Starts `latchkey dev` until it is ready or ends. Returns its standard error, and stops it. */
async function dev(args: readonly string[], dataDirectory: string, whenReady = async (_: string) => {}) {
  const url = `http://127.0.0.1:${await freePort()}`;
  const flags = [...childFlags(), join(import.meta.dirname, "../../latchkey.ts"), "dev", "--json", "--quiet"];
  const child = spawn(process.execPath, [...flags, ...args], {
    env: { PORT: new URL(url).port, LATCHKEY_DATA_DIR: dataDirectory },
    cwd: dataDirectory,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const closed = once(child, "close");
  const ready = await Promise.race([once(child.stdout, "data").then(() => true), closed.then(() => false)]);
  try {
    if (ready) await whenReady(url);
  } finally {
    child.kill("SIGTERM");
    await closed;
  }
  return { ready, stderr };
}

test("latchkey dev --state begins with a state, once, and keeps what it has when a state is refused", async () => {
  const data = mkdtempSync(join(directory, "dev-"));
  const file = fileIn("kit.json");
  const state = await platform.export();
  writeFileSync(
    file,
    JSON.stringify({ ...state, version: "9.1.0", tables: { ...state.tables, things: [] } }),
  );
  const refused = await dev(["--state", file], data);
  expect(refused).toEqual({ ready: false, stderr: expect.stringContaining("Import it with Latchkey 9.1.0") });

  writeFileSync(file, JSON.stringify(state));
  const { ready, stderr } = await dev(["--state", file], data, async (url) => {
    const body = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: appId,
      client_secret: secret,
    });
    const response = await fetch(`${url}/oauth2/token`, { method: "POST", body });
    expect(await response.json()).toMatchObject({
      error_description: expect.stringContaining("instance_id"),
    });
    const adminKey = /^LATCHKEY_ADMIN_KEY=(.*)$/m.exec(readFileSync(join(data, "demo.env"), "utf8"))?.[1];
    const headers = { authorization: `Bearer ${adminKey}` };
    expect(await (await fetch(`${url}/admin/v1/apps/${appId}`, { headers })).json()).toMatchObject({ appId });
  });
  expect([ready, stderr]).toEqual([true, ""]);
  expect(await dev(["--state", file], data)).toEqual({
    ready: false,
    stderr: expect.stringContaining("database_not_empty: "),
  });
});

test.each([
  ["no.json", undefined],
  ["text.json", "secret text"],
])("latchkey dev --state refuses %s before it starts", async (name, content) => {
  if (content !== undefined) writeFileSync(fileIn(name), content);
  const { code, stderr } = await latchkey(["dev", "--state", fileIn(name)]);
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining(`invalid_state: The state cannot be imported. ${fileIn(name)}`),
  ]);
  expect(stderr).not.toContain("secret text");
});
