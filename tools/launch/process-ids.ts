import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** Whether a process runs; one that has ended and is not collected yet does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/** When this process began, as the lock file has it; undefined where there is no /proc. */
export function birth(): string | undefined {
  if (process.platform !== "linux") return undefined;
  const stat = readFileSync("/proc/self/stat", "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}

/** The id of a process that has ended. */
export function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
  return new Promise((resolve) => child.on("exit", () => resolve(child.pid ?? 0)));
}
