import { existsSync } from "node:fs";
import { join } from "node:path";

const terminalIntervalMs = 500;
const logIntervalMs = 10_000;

/**
 * Shows on standard error how many of the packages of a lockfile are installed: in one line on a terminal, which it writes
 * again, and every ten seconds elsewhere. Returns the seconds since then, and a function that ends this.
 */
export function showProgress(root, packages) {
  const { stderr } = process;
  const paths = Object.keys(packages).filter(
    (path) => path.includes("node_modules") && !packages[path].optional,
  );
  const started = process.hrtime.bigint();
  const seconds = () => Number((process.hrtime.bigint() - started) / 1_000_000_000n);
  const count = () => paths.filter((path) => existsSync(join(root, path, "package.json"))).length;
  const state = () => `${count()} of ${paths.length} packages, ${seconds()} s ... `;
  const title = "Installing dependencies (npm ci)";
  stderr.write(`${title}, about 30 s the first time ... `);
  // Short, so that it stays one line.
  const show = () => stderr.write(stderr.isTTY ? `\r\u001b[K${title}: ${state()}` : state());
  const timer = setInterval(show, stderr.isTTY ? terminalIntervalMs : logIntervalMs);
  return { seconds, end: () => clearInterval(timer) };
}
