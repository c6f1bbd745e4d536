import { spawnSync } from "node:child_process";

/** Programs that tests run: the Debian package that has each, and the argument that makes it print its version. */
const programs = {
  nginx: ["nginx-light", "-v"],
  caddy: ["caddy", "version"],
  haproxy: ["haproxy", "-v"],
  pgbouncer: ["pgbouncer", "--version"],
  chromium: ["chromium", "--version"],
  promtool: ["prometheus", "--version"],
  python3: ["python3", "--version"],
  "systemd-analyze": ["systemd", "--version"],
} as const;

/** The name of such a program. */
export type Program = keyof typeof programs;

/** Debian installs into `/usr/sbin`, which is not in the PATH of ordinary users. */
const folders = ["", "/usr/sbin/", "/usr/local/sbin/", "/opt/homebrew/bin/"];

/**
 * Finds a program on this machine, and installs it by `apt-get` where it is missing.
 *
 * @returns the command that starts it
 * @throws Error that says what to do when the program is missing and cannot be installed
 */
export function findOrInstall(program: Program): string {
  const found = find(program);
  if (found !== undefined) return found;
  const [debianPackage] = programs[program];
  const failure = install(debianPackage);
  const installed = find(program);
  if (installed !== undefined) return installed;
  throw new Error(
    `${program} is needed and was not found (${failure}). Install it, on Debian by: apt-get install ${debianPackage}`,
  );
}

function find(program: Program): string | undefined {
  const [debianPackage, askVersion] = programs[program];
  if (isBeingInstalled(debianPackage)) return undefined;
  return folders
    .map((folder) => `${folder}${program}`)
    .find((command) => spawnSync(command, [askVersion]).status === 0);
}

/** Whether another process has unpacked the package of Debian but has not finished, so that its program may not start yet. */
function isBeingInstalled(debianPackage: string): boolean {
  const { stdout } = spawnSync("dpkg", ["-s", debianPackage], { encoding: "utf8" });
  return /^Status: .* (half-installed|unpacked|half-configured)$/m.test(stdout ?? "");
}

/** @returns why it failed */
function install(name: string): string {
  const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  for (const order of ["update", `install -y --no-install-recommends ${name}`]) {
    const [program = "", ...args] = [
      ...asRoot,
      "apt-get",
      "-o",
      "DPkg::Lock::Timeout=300",
      ...order.split(" "),
    ];
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const { error, status, stderr } = spawnSync(program, args, { env, encoding: "utf8" });
    if (error) return error.message;
    if (status !== 0) return `apt-get ${order} ended with ${status}: ${stderr.trim().split("\n").at(-1)}`;
  }
  return "apt-get installed it elsewhere";
}
