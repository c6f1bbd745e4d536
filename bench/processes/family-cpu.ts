import { readdirSync, readFileSync } from "node:fs";

/** The kernel counts CPU time in these (proc(5), `sysconf(_SC_CLK_TCK)` is 100 on every Linux that Node runs on). */
const tickUs = 10_000;

/** The process that started this one; undefined where /proc does not tell, or when it is not called `name`. */
export function parentOf(pid: number, name: string): number | undefined {
  const stat = statOf(pid);
  return stat?.name === name ? Number(stat.fields[1]) : undefined;
}

/** CPU time of a process and its children, living or ended, so far, in microseconds. */
export function familyCpuUs(parent: number): number {
  const fields = statOf(parent)?.fields ?? [];
  return ticksOf(fields, [11, 12]) * tickUs + childrenCpuUs(parent);
}

/** CPU time of the children of a process, in microseconds: those that have ended too. */
export function childrenCpuUs(parent: number): number {
  const ended = ticksOf(statOf(parent)?.fields ?? [], [13, 14]);
  const living = readdirSync("/proc").reduce((ticks, entry) => {
    const fields = /^\d+$/.test(entry) ? statOf(Number(entry))?.fields : undefined;
    return Number(fields?.[1]) === parent ? ticks + ticksOf(fields ?? [], [11, 12]) : ticks;
  }, 0);
  return (ended + living) * tickUs;
}

/** From the twelfth field on: utime, stime, and the same of children that have ended. */
function ticksOf(fields: readonly string[], places: readonly number[]): number {
  return places.reduce((ticks, at) => ticks + Number(fields[at] ?? 0), 0);
}

/** Name of a process, and what follows it in its /proc/…/stat: state, parent, … */
function statOf(pid: number): { name: string; fields: string[] } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const nameEnd = stat.lastIndexOf(")");
    return { name: stat.slice(stat.indexOf("(") + 1, nameEnd), fields: stat.slice(nameEnd + 2).split(" ") };
  } catch {
    return undefined;
  }
}
