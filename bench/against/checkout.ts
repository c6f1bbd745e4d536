import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * Checks out a commit beside the working tree and installs its dependencies; a checkout of an earlier call is used again.
 *
 * @returns its folder
 * @throws Error when the commit does not exist, or its dependencies cannot be installed
 */
export function checkOut(root: string, commit: string): string {
  const git = (...args: string[]): string =>
    execFileSync("git", ["-C", root, ...args], { encoding: "utf8" }).trim();
  const hash = git("rev-parse", "--verify", `${commit}^{commit}`);
  const folder = join(root, ".latchkey", "bench", hash.slice(0, 12));
  if (!existsSync(folder)) git("worktree", "add", "--detach", folder, hash);
  if (!existsSync(join(folder, "node_modules", ".package-lock.json"))) {
    process.stderr.write(`installing the dependencies of ${commit} …\n`);
    execFileSync("npm", ["ci", "--no-audit", "--no-fund"], {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"],
    });
  }
  return folder;
}
