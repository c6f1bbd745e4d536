import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Core, nodeOn } from "./cores.ts";
import { childrenCpuUs } from "./family-cpu.ts";

/** The resources that a process has used so far. */
export interface Usage {
  /** User and system time of all its threads, and on Linux of its child processes, in microseconds. */
  readonly cpuUs: number;
  /** Memory of the process, without its child processes. */
  readonly rssBytes: number;
}

/** A Node process of a benchmark. */
export interface Child {
  /** CPU time and memory of the whole process so far. */
  usage(): Promise<Usage>;
  /** Sends a message and returns the next message of the process. */
  ask<Reply>(message: unknown): Promise<Reply>;
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Resolves with the last 4,000 characters of stderr when the process has ended. */
  readonly ended: Promise<string>;
}

export interface ChildOptions {
  readonly core: Core;
  readonly env?: Readonly<Record<string, string>>;
}

const reporter = fileURLToPath(new URL("./usage-reporter.js", import.meta.url));
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** @param entry file that the process runs; a TypeScript file imports the sources of packages, a JavaScript file their builds */
export function startChild(entry: URL, options: ChildOptions): Child {
  const flags = ["--disable-warning=ExperimentalWarning"];
  if (entry.pathname.endsWith(".ts")) flags.push("--conditions=latchkey-source");
  const [command, args] = nodeOn(options.core, [...flags, `--import=${reporter}`, fileURLToPath(entry)]);
  const child = spawn(command, args, {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    env: { ...process.env, ...options.env },
  });
  running.add(child);
  let stderr = "";
  child.stderr?.on("data", (bytes: Buffer) => {
    stderr = (stderr + bytes.toString()).slice(-4_000);
  });
  const ended = once(child, "exit").then(() => {
    running.delete(child);
    return stderr;
  });
  const ask = <Reply>(message: unknown): Promise<Reply> =>
    new Promise<Reply>((resolve, reject) => {
      child.once("message", (reply) => resolve(reply as Reply));
      child.send(message as string, (error) => error && reject(error));
      ended.then((text) => reject(new Error(`A process of the benchmark ended: ${text}`)), reject);
    });
  return {
    async usage() {
      const own = await ask<Usage>("usage");
      const children = process.platform === "linux" ? childrenCpuUs(child.pid ?? 0) : 0;
      return { ...own, cpuUs: own.cpuUs + children };
    },
    ask,
    ended,
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      await ended;
    },
  };
}
