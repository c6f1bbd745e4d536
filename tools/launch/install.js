import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { withLock } from "./install-lock.js";
import { showProgress } from "./install-progress.js";
import { findNode } from "./run-node.js";
import { onStop } from "./stop-signals.js";

/**
 * Installs the dependencies with `npm ci` unless node_modules already holds what package-lock.json asks for;
 * of two commands at once one installs and the other waits. A signal ends the process, and npm with it.
 */
export async function ensureInstalled(root) {
  if (isInstalled(root)) return;
  // Not in node_modules, which `npm ci` empties; `.latchkey` is ignored by Git and keeps secrets later on.
  mkdirSync(join(root, ".latchkey"), { recursive: true, mode: 0o700 });
  const lock = join(root, ".latchkey", "install.lock");
  let npm;
  const stopped = onStop((exitCode) => {
    process.stderr.write("stopping ...\n");
    if (npm === undefined || hasEnded(npm)) process.exit(exitCode);
    npm.once("exit", () => process.exit(exitCode));
    killTree(npm);
  });
  await withLock(lock, async (addProcess) => {
    if (isInstalled(root)) return;
    await install(root, (started) => {
      npm = started;
      if (npm.pid) addProcess(npm.pid);
    });
  }).finally(stopped);
}

/**
 * Whether node_modules holds what package-lock.json asks for. npm leaves `node_modules/.package-lock.json` behind
 * when, and only when, an install has ended: that record is the stamp.
 */
function isInstalled(root) {
  const lock = readJson(join(root, "package-lock.json"));
  const record = readJson(join(root, "node_modules", ".package-lock.json"));
  if (!lock || !record || !findNode(root)) return false;
  return Object.entries(lock.packages).every(([path, wanted]) => {
    const isWorkspace = !path.includes("node_modules");
    if (isWorkspace && !sameDependencies(wanted, readJson(join(root, path, "package.json")))) return false;
    if (path === "") return true;
    const found = record.packages[path];
    if (!found) return wanted.optional === true;
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

/** Whether a package.json still asks for what the lockfile was made from; if not, `npm ci` explains. */
function sameDependencies(locked, manifest) {
  return ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"].every((kind) => {
    const wanted = Object.entries(manifest?.[kind] ?? {});
    const known = locked[kind] ?? {};
    return (
      wanted.length === Object.keys(known).length && wanted.every(([name, range]) => known[name] === range)
    );
  });
}

async function install(root, onSpawn) {
  const progress = showProgress(root, readJson(join(root, "package-lock.json"))?.packages ?? {});
  // Deleted first, so that an install that is killed half way never looks like a finished one.
  rmSync(join(root, "node_modules", ".package-lock.json"), { force: true });
  const { code, output } = await npmCi(root, onSpawn).finally(progress.end);
  if (code !== 0) {
    throw new Error(`failed\n\n${output}\nCould not install the dependencies: npm ci ended with ${code}.`);
  }
  process.stderr.write(`done in ${progress.seconds()} s\n`);
  if (!findNode(root)) {
    throw new Error(
      "npm brought no Node for this machine, and the Node that runs this is too old.\n" +
        "Install Node 22.19 or newer (26 is what we test with) and run the command again.",
    );
  }
}

/** Runs `npm ci`; all its output comes back at the end, since it only matters when the install fails. */
function npmCi(root, onSpawn) {
  return new Promise((resolve, reject) => {
    const [command, ...args] = npmCommand();
    // `--include` because NODE_ENV=production or a user's `omit` setting would leave out the tools.
    const options = ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund"];
    const npm = spawn(command, [...args, ...options], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      shell: command === "npm.cmd",
      // In a process group of its own, so that its install scripts can be killed with it.
      detached: process.platform !== "win32",
    });
    onSpawn(npm);
    let output = "";
    for (const stream of [npm.stdout, npm.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        output += text;
      });
    }
    npm.on("error", (error) => reject(new Error(`failed\n\nCould not run npm: ${error.message}`)));
    npm.on("close", (code, signal) => resolve({ code: code ?? signal, output }));
  });
}

/** Kills npm and its install scripts: npm ignores the first signal for a minute, and the next install begins anew. */
function killTree(npm) {
  if (process.platform === "win32") npm.kill("SIGKILL");
  else process.kill(-npm.pid, "SIGKILL");
}

/** Whether a child process has ended, or was never started. */
const hasEnded = ({ exitCode, pid, signalCode }) =>
  pid === undefined || exitCode !== null || signalCode !== null;

/** The npm that runs us when there is one, else the one on PATH. */
function npmCommand() {
  const cli = process.env.npm_execpath;
  if (cli && basename(cli) === "npm-cli.js") return [process.execPath, cli];
  return [process.platform === "win32" ? "npm.cmd" : "npm"];
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
