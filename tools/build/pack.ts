// `npm run pack`: builds the packages, and writes the tarballs that npm would publish to the folder `tarballs`.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { buildPackages, packageNames } from "./build.ts";

const root = join(import.meta.dirname, "..", "..");
const folder = join(root, "tarballs");
const problems = await buildPackages(root);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
if (problems.length === 0) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const args = ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder];
  const packages = packageNames.map((name) => `./packages/${name}`);
  execFileSync("npm", [...args, ...packages], { cwd: root, stdio: "inherit" });
  console.log(`npm install --save-dev ${relative(process.env.INIT_CWD ?? root, folder) || "."}/*.tgz`);
}
