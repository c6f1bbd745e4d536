import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../tools/free-port.ts";
import { findOrInstall } from "../../tools/proxies/find-program.ts";
import { type Installation, installPacked } from "./packed-packages.ts";

let installed: Installation;
let directory: string;
let unit: Unit;
let server: ChildProcess | undefined;

beforeAll(async () => {
  installed = await installPacked();
  directory = mkdtempSync(join(tmpdir(), "latchkey-unit-"));
  unit = readUnit(join(installed.directory, "node_modules/@latchkey/server/operations/latchkey.service"));
});
afterAll(() => {
  server?.kill("SIGKILL");
  installed.remove();
  rmSync(directory, { recursive: true });
});

interface Unit {
  readonly text: string;
  /** The values of a setting, in the order of the file. */
  values(name: string): readonly string[];
}

/** Reads the unit with the paths of the test instead of those of a machine. */
function readUnit(file: string): Unit {
  const text = readFileSync(file, "utf8")
    .replaceAll("/opt/latchkey", installed.directory)
    .replaceAll(/(?<==)%S|%S(?=\/)/g, join(directory, "state"))
    .replaceAll("%d", join(directory, "credentials"));
  const settings = [...text.matchAll(/^(\w+)=(.*)$/gm)];
  return { text, values: (name) => settings.flatMap(([, key, value = ""]) => (key === name ? [value] : [])) };
}

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const { status, stderr, stdout } = spawnSync(installed.program("latchkey"), args, {
    env: { PATH: join(installed.directory, "node_modules/.bin"), ...env },
    encoding: "utf8",
  });
  return { status, stderr, stdout };
};

describe("the packed server", () => {
  test("lists its commands, and ends with exit code 2 and the same names after an unknown one", () => {
    const { status, stdout } = run(["--help"]);
    expect([status, stdout.match(/^ {2}[\w-]+/gm)]).toEqual([
      0,
      [
        "  dev",
        "  serve",
        "  run",
        "  state",
        "  migrate",
        "  restore",
        "  migrate-tokens",
        "  audit-export",
      ],
    ]);
    expect(run(["serf"])).toEqual({
      status: 2,
      stdout: "",
      stderr:
        "latchkey: invalid_command: The command is not valid. Run latchkey --help. There is no command serf. " +
        "Commands: dev, serve, run, state, migrate, restore, migrate-tokens, audit-export.\n",
    });
  });

  test("migrates, serves in production with the settings of its systemd unit, exports the audit log, stops and restores", async () => {
    const adminKey = randomBytes(32).toString("base64");
    for (const folder of ["state/latchkey", "credentials"])
      mkdirSync(join(directory, folder), { recursive: true });
    writeFileSync(join(directory, "credentials/admin-key"), `${adminKey}\n`);
    writeFileSync(join(directory, "credentials/encryption-key"), `${randomBytes(32).toString("base64")}\n`);
    const port = await freePort();
    const env = {
      ...Object.fromEntries(
        unit.values("Environment").flatMap((line) => line.split(" ").map((one) => one.split(/=(.*)/s))),
      ),
      PORT: `${port}`,
      LATCHKEY_PUBLIC_URL: "https://auth.example.com",
      LATCHKEY_RESOURCES: "@latchkey/stores",
      LATCHKEY_LOG_LEVEL: "silent",
      LATCHKEY_DRAIN_DELAY: "0",
    };
    expect(run(["migrate", "--json"], env)).toEqual({
      status: 0,
      stderr: "",
      stdout: '{"applied":["platform 0001-schema.sql","stores 0001-stores"]}\n',
    });

    const [program = "", ...args] = (unit.values("ExecStart")[0] ?? "").split(" ");
    const started = spawn(program, args, {
      cwd: unit.values("WorkingDirectory")[0],
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    server = started;
    const ended = once(started, "close");
    const [ready] = await Promise.race([once(started.stdout.setEncoding("utf8"), "data"), ended]);
    expect(ready).toBe(`{"ready":true,"url":"https://auth.example.com","port":${port}}\n`);
    const url = `http://127.0.0.1:${port}`;
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const manage = managementCaller({ url, adminKey });
    expect((await manage("GET /dev/clock")).status).toBe(404);
    expect((await manage("POST /apps", { body: { name: "App" } })).status).toBe(200);
    const file = join(directory, "audit.jsonl");
    expect(
      run(["audit-export", "--file", file], { LATCHKEY_URL: url, LATCHKEY_ADMIN_KEY: adminKey }),
    ).toEqual({ status: 0, stderr: "", stdout: `2 entries added to ${file}.\n` });
    started.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);

    const restored = run(["restore", "--audit", file, "--json"], env);
    expect([restored.status, restored.stderr]).toEqual([0, ""]);
    expect(JSON.parse(restored.stdout)).toMatchObject({ repeat: [], lost: {}, known: 2 });
  });
});

describe("latchkey.service", () => {
  test("systemd accepts it, and rates its exposure below 2 of 10", () => {
    const analyze = findOrInstall("systemd-analyze");
    const file = join(directory, "latchkey.service");
    writeFileSync(file, unit.text);
    const verified = spawnSync(analyze, ["verify", file], { encoding: "utf8" });
    expect([verified.status, verified.stderr]).toEqual([0, ""]);
    const rated = spawnSync(analyze, ["security", "--offline=yes", "--threshold=20", file], {
      encoding: "utf8",
    });
    expect(rated.status, rated.stdout).toBe(0);
  });

  test("starts a program of the package again whenever it ends", () => {
    const [program = "", script = "", ...args] = (unit.values("ExecStart")[0] ?? "").split(" ");
    expect([existsSync(program), existsSync(script), args]).toEqual([true, true, ["serve"]]);
    expect(unit.values("Restart")).toEqual(["always"]);
  });

  test("waits longer for the end than the delay, the requests and the webhooks in progress take", () => {
    const drain = Number(/LATCHKEY_DRAIN_DELAY=(\d+)/.exec(unit.text)?.[1]);
    expect(drain).toBeGreaterThan(0);
    expect(Number(unit.values("TimeoutStopSec")[0])).toBeGreaterThanOrEqual(drain + 10 + 10);
  });
});
