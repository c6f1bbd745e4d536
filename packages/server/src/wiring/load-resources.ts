import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isResource, type Resource } from "../features/resources/index.ts";
import { OperatorError } from "../infrastructure/errors/index.ts";

/**
 * Loads the resources that modules export, in the order of the modules.
 *
 * Throws `resource_not_loaded` for a module that cannot be loaded or exports no resource.
 *
 * @param modules names of packages that are installed beside `@latchkey/server`, or paths that begin with `.` or `/`,
 *   relative to the working directory
 *
 * @example
 * const config = readConfig(process.env);
 * const platform = await createPlatform(config, { resources: await loadResources(config.resources) });
 */
export async function loadResources(modules: readonly string[]): Promise<readonly Resource[]> {
  const loaded: Resource[] = [];
  for (const name of modules) loaded.push(...(await loadModule(name)));
  return loaded;
}

async function loadModule(name: string): Promise<readonly Resource[]> {
  const specifier = /^[./]/.test(name) ? pathToFileURL(resolve(name)).href : name;
  let exports: Readonly<Record<string, unknown>>;
  try {
    exports = await import(specifier);
  } catch (error) {
    throw new OperatorError("resource_not_loaded", `${name} cannot be loaded.`, { cause: error });
  }
  // A module may export a resource twice, such as by name and as default.
  const resources = [...new Set(Object.values(exports).filter(isResource))];
  if (resources.length > 0) return resources;
  throw new OperatorError(
    "resource_not_loaded",
    `${name} has no export that was created with defineResource.`,
  );
}
