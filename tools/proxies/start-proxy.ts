import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../free-port.ts";
import { findOrInstall, type Program } from "./find-program.ts";

/** A running proxy with a directory of its own. */
export interface RunningProxy {
  readonly url: string;
  close(): Promise<void>;
}

/** What a proxy is configured by. */
export interface ProxySetup {
  /** Texts by file name: `nginx.conf`, `Caddyfile`, `haproxy.cfg` or `pgbouncer.ini`, and files that it loads. */
  readonly files: Readonly<Record<string, string>>;
  /** Environment; `${NAME}` in files of nginx and PgBouncer, which read no environment. `PORT` is added. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** The name of a proxy. */
export type ProxyName = Exclude<Program, "chromium" | "promtool" | "python3" | "systemd-analyze">;

const startArguments: Readonly<Record<ProxyName, readonly string[]>> = {
  // One process that runs as the caller: a worker of another user could not read the directory.
  nginx: ["-p", ".", "-c", "nginx.conf", "-e", "stderr", "-g", "daemon off; master_process off;"],
  caddy: ["run", "--config", "Caddyfile", "--adapter", "caddyfile"],
  haproxy: ["-db", "-f", "haproxy.cfg"],
  // It refuses to run as root.
  pgbouncer: [...(process.getuid?.() === 0 ? ["-u", "nobody"] : []), "pgbouncer.ini"],
};
const fillsIn: ReadonlySet<Program> = new Set(["nginx", "pgbouncer"]);
const connectInterval = 20;

/**
 * Starts a real proxy on a free port of 127.0.0.1.
 *
 * @throws Error with the program's own words when it cannot start
 */
export async function startProxy(
  program: ProxyName,
  { files, variables = {} }: ProxySetup,
): Promise<RunningProxy> {
  const command = findOrInstall(program);
  const directory = mkdtempSync(join(tmpdir(), `latchkey-${program}-`));
  // nginx keeps bodies there.
  mkdirSync(join(directory, "temp"));
  const port = await freePort();
  const environment: Readonly<Record<string, string>> = { ...variables, PORT: String(port) };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(directory, name), fillsIn.has(program) ? fillIn(text, environment) : text);
  }
  const server = spawn(command, startArguments[program], {
    cwd: directory,
    // Caddy writes below its home.
    env: { PATH: process.env.PATH, HOME: directory, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said = `${said}${text}`.slice(-10_000);
    });
  }
  const close = async (): Promise<void> => {
    await end(server);
    rmSync(directory, { recursive: true, force: true });
  };
  while (!(await responds(port))) {
    if (isRunning(server)) continue;
    await close();
    throw new Error(`${program}: ${said.trim()}`);
  }
  return { url: `http://127.0.0.1:${port}`, close };
}

function fillIn(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{([A-Z]+)\}/g, (found, name) => variables[name] ?? found);
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

async function end(server: ChildProcess): Promise<void> {
  if (!isRunning(server)) return;
  const ended = once(server, "exit");
  server.kill("SIGTERM");
  await ended;
}

async function responds(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    await pause(connectInterval);
    return false;
  } finally {
    socket.destroy();
  }
}
