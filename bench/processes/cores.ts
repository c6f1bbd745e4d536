import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";

/** The core of a process: servers share one; generators, endpoints and databases share the other. */
export type Core = "server" | "load";

/** Whether this machine can pin processes to cores. */
export const canPin: boolean =
  process.platform === "linux" &&
  availableParallelism() >= 2 &&
  spawnSync("taskset", ["-V"], { stdio: "ignore" }).status === 0;

const cores: Record<Core, string> = { server: "0", load: "1" };

/** The command that runs Node with these arguments, pinned to a core where possible. */
export function nodeOn(core: Core, args: readonly string[]): [command: string, args: string[]] {
  return canPin ? ["taskset", ["-c", cores[core], process.execPath, ...args]] : [process.execPath, [...args]];
}

/** Pins a running process, its threads and its later children to a core. */
export function pin(pid: number, core: Core): void {
  if (canPin) spawnSync("taskset", ["-a", "-c", "-p", cores[core], String(pid)], { stdio: "ignore" });
}
