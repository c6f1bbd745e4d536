import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../free-port.ts";
import { findOrInstallNginx } from "./find-nginx.ts";

/** A running nginx with a directory of its own. */
export interface Nginx {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts nginx on a free port of 127.0.0.1.
 *
 * @param config what stands in its nginx.conf, with `{LISTEN}` where its own address belongs
 * @throws Error with nginx's own words when it cannot start
 */
export async function startNginx(config: string): Promise<Nginx> {
  const program = findOrInstallNginx();
  const directory = mkdtempSync(join(tmpdir(), "latchkey-nginx-"));
  mkdirSync(join(directory, "temp"));
  const port = await freePort();
  writeFileSync(join(directory, "nginx.conf"), config.replaceAll("{LISTEN}", `127.0.0.1:${port}`));
  // One process as whoever runs this, so that no worker of another user lacks the right to the directory.
  const settings = [
    "-p",
    directory,
    "-c",
    "nginx.conf",
    "-e",
    "stderr",
    "-g",
    "daemon off; master_process off;",
  ];
  const server = spawn(program, settings, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  server.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const close = async (): Promise<void> => {
    await end(server);
    rmSync(directory, { recursive: true, force: true });
  };
  while (!(await answers(port))) {
    if (isRunning(server)) continue;
    await close();
    throw new Error(`nginx: ${said.trim()}`);
  }
  return { url: `http://127.0.0.1:${port}`, close };
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

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
