import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isResource, type Resource } from "../features/resources/index.ts";
import { OperatorError } from "../infrastructure/errors/index.ts";

/**
 * Loads every resource that modules export, in their order.
 *
 * Throws `resource_not_loaded` for a module that cannot be loaded or exports no resource.
 *
 * @param modules names of packages installed beside `@latchkey/server`, or paths that begin with `.` or `/`, relative to
 *   the working directory
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
  // A module may export one resource as its default too.
  const resources = [...new Set(Object.values(exports).filter(isResource))];
  if (resources.length > 0) return resources;
  throw new OperatorError("resource_not_loaded", `${name} exports nothing that defineResource returns.`);
}
