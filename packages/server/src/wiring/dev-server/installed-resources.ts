import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

interface Manifest {
  readonly keywords?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** The keyword of a package that exports a resource. */
const keyword = "latchkey-resource";

/**
 * The resources among the dependencies of a folder, as paths of modules: packages with the keyword `latchkey-resource`.
 *
 * @param folder absolute path of the folder with `package.json`; none is found without one
 */
export function installedResources(folder: string): string[] {
  const { dependencies, devDependencies } = readManifest(folder);
  const names = Object.keys({ ...dependencies, ...devDependencies });
  const { resolve } = createRequire(join(folder, "package.json"));
  return names
    .filter((name) => readManifest(join(folder, "node_modules", name)).keywords?.includes(keyword))
    .map((name) => resolve(name));
}

function readManifest(folder: string): Manifest {
  try {
    return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  } catch {
    return {};
  }
}
