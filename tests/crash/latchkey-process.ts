import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { freePort as findFreePort } from "../../tools/free-port.ts";
import { childFlags } from "../../tools/test/responses/child-process.ts";

/** A server process that a test can kill. */
export interface LatchkeyProcess {
  readonly url: string;
  readonly pid: number;
  /** Milliseconds from its start until it was ready. */
  readonly readyAfterMs: number;
  /** Resolves when the process ends by itself. */
  readonly ended: Promise<Ended>;
  /** Sends signals and waits for the end of the process. @returns its exit code; null when a signal ended it */
  kill(...signals: readonly ("SIGKILL" | "SIGTERM" | "SIGINT")[]): Promise<number | null>;
}

/** The result of a process that ended by itself. */
export interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

type Environment = Readonly<Record<string, string>>;

const root = join(import.meta.dirname, "..", "..");

/** Starts a server with only these variables and flags of Node, and waits until it is ready. */
export async function startLatchkey(
  environment: Environment,
  flags: readonly string[] = childFlags(),
): Promise<LatchkeyProcess> {
  const started = performance.now();
  const { child, ready, ended } = launch(environment, flags);
  const failed = await Promise.race([ready, ended]);
  if (failed !== undefined) throw new Error(`The server did not start (${failed.code}): ${failed.stderr}`);
  return {
    url: `http://127.0.0.1:${environment.PORT}`,
    pid: child.pid ?? 0,
    readyAfterMs: performance.now() - started,
    ended,
    async kill(...signals) {
      for (const signal of signals) child.kill(signal);
      return (await ended).code;
    },
  };
}

/** Starts a server that is expected to fail, and returns how it ended. */
export async function startFailing(environment: Environment): Promise<Ended> {
  const { child, ready, ended } = launch(environment);
  const outcome = await Promise.race([ready, ended]);
  child.kill("SIGKILL");
  if (outcome === undefined) throw new Error("The server started, but was expected to fail.");
  return outcome;
}

/** Runs a command of `latchkey` until it ends. */
export async function runLatchkey(
  args: readonly string[],
  environment: Environment,
): Promise<Ended & { readonly stdout: string }> {
  const child = spawn(
    process.execPath,
    [...childFlags(), join(root, "packages/server/src/latchkey.ts"), ...args],
    {
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  return { code, stdout, stderr };
}

function launch(environment: Environment, flags: readonly string[] = childFlags()) {
  const child: ChildProcess = spawn(process.execPath, [...flags, join(root, "packages/server/src/main.ts")], {
    env: { LATCHKEY_LOG_LEVEL: "silent", LATCHKEY_RESOURCES: "@latchkey/stores", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (more: string) => {
    stderr += more;
  });
  const ready = once(child.stdout ?? child, "data").then(() => undefined);
  const ended = once(child, "close").then(([code]): Ended => ({ code, stderr }));
  return { child, ready, ended };
}

/** A free port as the value of `PORT`; a restarted process uses the same one. */
export async function freePort(): Promise<string> {
  return String(await findFreePort());
}
