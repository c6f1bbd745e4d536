import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";

/** Which core a process may use: servers on one, whatever drives or feeds them on another. */
export type Core = "server" | "load";

/** Whether processes can be kept on cores of their own on this machine. */
export const canPin: boolean =
  process.platform === "linux" &&
  availableParallelism() >= 2 &&
  spawnSync("taskset", ["-V"], { stdio: "ignore" }).status === 0;

const cores: Record<Core, string> = { server: "0", load: "1" };

/** The command that runs Node with these arguments on a core, or on any where pinning is not possible. */
export function nodeOn(core: Core, args: readonly string[]): [command: string, args: string[]] {
  return canPin ? ["taskset", ["-c", cores[core], process.execPath, ...args]] : [process.execPath, [...args]];
}

/** Keeps a running process, with its threads and later children, on a core. */
export function pin(pid: number, core: Core): void {
  if (canPin) spawnSync("taskset", ["-a", "-c", "-p", cores[core], String(pid)], { stdio: "ignore" });
}
