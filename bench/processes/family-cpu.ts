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
  let ticks = 0;
  for (const entry of readdirSync("/proc")) {
    const fields = /^\d+$/.test(entry) ? statOf(Number(entry))?.fields : undefined;
    if (fields === undefined) continue;
    // From the twelfth on: utime, stime, and the same of children that have ended.
    const counted =
      Number(entry) === parent ? [11, 12, 13, 14] : Number(fields[1]) === parent ? [11, 12] : [];
    for (const at of counted) ticks += Number(fields[at]);
  }
  return ticks * tickUs;
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
