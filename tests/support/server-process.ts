import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../tools/free-port.ts";
import { childFlags } from "../../tools/test/responses/child-process.ts";

/** A server in a separate process. */
export interface ServerProcess {
  readonly url: string;
  readonly adminKey: string;
  readonly directory: string;
  /** Its output on stdout and stderr. */
  output(): string;
  /** Ends it by SIGTERM, and waits for the rest of its output. */
  stop(): Promise<void>;
}

/** The result of a server that did not start. */
export interface FailedStart {
  readonly code: number | null;
  readonly output: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const root = join(import.meta.dirname, "..", "..");
const main = join(root, "packages/server/src/main.ts");

/** Starts a server with only these variables, and a separate directory. */
export async function startServer(environment: Environment): Promise<ServerProcess> {
  const directory = mkdtempSync(join(tmpdir(), "latchkey-process-"));
  const port = await freePort();
  const adminKey = randomBytes(32).toString("base64");
  const run = launch({
    PORT: String(port),
    LATCHKEY_DATA_DIR: directory,
    LATCHKEY_ADMIN_KEY: adminKey,
    ...environment,
  });
  const stop = async () => {
    run.child.kill("SIGTERM");
    await run.ended;
    rmSync(directory, { recursive: true, force: true });
  };
  await Promise.race([run.ready, run.ended]);
  if (run.child.exitCode !== null) {
    await stop();
    throw new Error(`The server did not start:\n${run.output()}`);
  }
  return { url: `http://127.0.0.1:${port}`, adminKey, directory, output: run.output, stop };
}

/** Starts a server that is expected to fail, and waits for its exit. */
export async function startInVain(environment: Environment): Promise<FailedStart> {
  const directory = mkdtempSync(join(tmpdir(), "latchkey-process-"));
  const run = launch({ PORT: String(await freePort()), LATCHKEY_DATA_DIR: directory, ...environment });
  await Promise.race([run.ready, run.ended]);
  run.child.kill("SIGTERM");
  await run.ended;
  rmSync(directory, { recursive: true, force: true });
  return { code: run.child.exitCode, output: run.output() };
}

function launch(environment: Environment) {
  const child: ChildProcess = spawn(process.execPath, [...childFlags(), main], {
    env: { PATH: process.env.PATH, LATCHKEY_RESOURCES: "@latchkey/stores", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const ready = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        if (output.includes('"ready":true')) resolve();
      });
    }
  });
  return { child, ready, ended: once(child, "close"), output: () => output };
}
