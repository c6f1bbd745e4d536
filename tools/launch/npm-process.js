import { readFileSync, readlinkSync } from "node:fs";

const started = ancestors();

/**
 * Calls `stop` once when the npm that started this process has ended, also by a signal that npm cannot pass on. Returns a
 * function that takes this back.
 */
export function whenNpmEnds(stop) {
  if (process.env.npm_lifecycle_event === undefined) return () => {};
  const timer = setInterval(() => {
    if (ancestors() === started) return;
    clearInterval(timer);
    stop();
  }, 250);
  timer.unref();
  return () => clearInterval(timer);
}

/** Returns the ids of the parent and, if the parent is a shell between npm and this process, of the shell's parent. */
function ancestors() {
  const parent = process.ppid;
  try {
    if (readlinkSync(`/proc/${parent}/exe`) === process.env.npm_node_execpath) return `${parent}`;
    return `${parent} ${/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${parent}/status`, "utf8"))?.[1]}`;
  } catch {
    // Without /proc, as on macOS, the shell replaces itself with this process.
    return `${parent}`;
  }
}
