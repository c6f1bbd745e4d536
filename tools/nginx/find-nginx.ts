import { spawnSync } from "node:child_process";

/** Debian keeps it where the paths of ordinary users do not lead. */
const places = ["nginx", "/usr/sbin/nginx", "/usr/local/sbin/nginx", "/opt/homebrew/bin/nginx"];

/**
 * Finds nginx on this machine; where it is missing and the package manager is Debian's, installs it.
 *
 * @returns how to start it
 * @throws Error that says what to do when there is none and none can be installed
 */
export function findOrInstallNginx(): string {
  const found = findNginx();
  if (found !== undefined) return found;
  const failure = installNginx();
  const installed = findNginx();
  if (installed !== undefined) return installed;
  throw new Error(
    `nginx is needed and was not found (${failure}). Install it, on Debian by: apt-get install nginx-light`,
  );
}

function findNginx(): string | undefined {
  return places.find((place) => spawnSync(place, ["-v"]).status === 0);
}

/** @returns why it failed, as far as it did */
function installNginx(): string {
  const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  for (const order of ["update", "install -y --no-install-recommends nginx-light"]) {
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
