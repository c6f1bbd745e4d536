import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageNames } from "./build.ts";

/**
 * Writes the address of the repository into the manifests of the packages: `repository`, `homepage` and `bugs`. A release does
 * this with the address of the repository that publishes it, which npm compares with the provenance.
 *
 * @param url such as `https://github.com/owner/name`
 */
export function writeRepository(root: string, url: string, names: readonly string[] = packageNames): void {
  if (!/^https:\/\/[\w.-]+(\/[\w.-]+)+$/.test(url) || url.endsWith(".git")) {
    throw new Error(
      "The repository must be an https URL without .git, such as https://github.com/owner/name.",
    );
  }
  for (const name of names) {
    const file = join(root, "packages", name, "package.json");
    const manifest = JSON.parse(readFileSync(file, "utf8"));
    const directory = `packages/${name}`;
    const address = {
      homepage: `${url}/tree/main/${directory}#readme`,
      bugs: `${url}/issues`,
      repository: { type: "git", url: `git+${url}.git`, directory },
    };
    writeFileSync(file, `${JSON.stringify({ ...manifest, ...address }, null, 2)}\n`);
  }
}
