import { readdirSync, readFileSync } from "node:fs";

/** A clock tick of the kernel (proc(5); `sysconf(_SC_CLK_TCK)` is 100 on every Linux that Node supports). */
const tickUs = 10_000;

/** The parent of a process; undefined without /proc, or when the process is not called `name`. */
export function parentOf(pid: number, name: string): number | undefined {
  const stat = statOf(pid);
  return stat?.name === name ? Number(stat.fields[1]) : undefined;
}

/** CPU time of a process and its running and ended children so far, in microseconds. */
export function familyCpuUs(parent: number): number {
  const fields = statOf(parent)?.fields ?? [];
  return ticksOf(fields, [11, 12]) * tickUs + childrenCpuUs(parent);
}

/** CPU time of the running and ended children of a process, in microseconds. */
export function childrenCpuUs(parent: number): number {
  const ended = ticksOf(statOf(parent)?.fields ?? [], [13, 14]);
  const living = readdirSync("/proc").reduce((ticks, entry) => {
    const fields = /^\d+$/.test(entry) ? statOf(Number(entry))?.fields : undefined;
    return Number(fields?.[1]) === parent ? ticks + ticksOf(fields ?? [], [11, 12]) : ticks;
  }, 0);
  return (ended + living) * tickUs;
}

/** Fields 11 to 14 are utime and stime of the process, and of its ended children. */
function ticksOf(fields: readonly string[], indexes: readonly number[]): number {
  return indexes.reduce((ticks, at) => ticks + Number(fields[at] ?? 0), 0);
}

/** The name in /proc/…/stat and the fields after it: state, parent, … */
function statOf(pid: number): { name: string; fields: string[] } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const nameEnd = stat.lastIndexOf(")");
    return { name: stat.slice(stat.indexOf("(") + 1, nameEnd), fields: stat.slice(nameEnd + 2).split(" ") };
  } catch {
    return undefined;
  }
}
