import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

const patienceMs = 15 * 60_000;

/**
 * Runs `work` while holding the lock file at `path`; waits while another living process holds it, and takes over
 * what a dead one left. `work` gets a function that adds a child process which keeps the lock alive beyond us.
 */
export async function withLock(path, work) {
  const started = process.uptime();
  let told = false;
  while (!create(path)) {
    const owners = readOwners(path);
    if (owners === undefined) continue;
    if (!owners.some(isAlive)) {
      // Only one process at a time may clear a stale lock, else a late one could delete the lock of its successor.
      await withLock(`${path}.stale`, () => {
        const now = readOwners(path);
        if (now !== undefined && !now.some(isAlive)) rmSync(path, { force: true });
      });
      continue;
    }
    if (!told) process.stderr.write("Waiting for another command that is installing the dependencies ...\n");
    told = true;
    if ((process.uptime() - started) * 1000 > patienceMs) {
      throw new Error(
        `Gave up waiting for ${path}. If no command is installing, delete that file and try again.`,
      );
    }
    await wait(100);
  }
  try {
    return await work((pid) => renameSync(writeDraft(path, [process.pid, pid]), path));
  } finally {
    rmSync(path, { force: true });
  }
}

/** Creates the lock; a link never replaces a file, and nobody can read a half-written one. */
function create(path) {
  const draft = writeDraft(path, [process.pid]);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function writeDraft(path, pids) {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(pids.map((pid) => ({ pid, born: birth(pid) }))));
  return draft;
}

function readOwners(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    return [];
  }
}

function isAlive({ pid, born }) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
  return birth(pid) === born;
}

/**
 * When a process began (Linux only), because process numbers are used again, soonest after a restart. None for one
 * that has ended and that nobody has collected yet, as happens in containers.
 */
function birth(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" ? undefined : fields[18];
  } catch {
    return undefined;
  }
}
