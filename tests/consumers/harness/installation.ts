import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { ensureInstalled } from "../../../tools/launch/install.js";
import { type Installation, installPacked } from "../../operations/packed-packages.ts";
import { rootPath } from "./project.ts";

/** What programs of consumers load besides the packages. */
const others = ["express", "vite", "vitest", "@wix/app-management", "@wix/ecom", "@wix/sdk", "@wix/stores"];

/** Installs the packages from their tarballs, once for all consumers, with the tools that consumers have. */
export async function installForConsumers(): Promise<Installation> {
  await ensureInstalled(join(import.meta.dirname, ".."));
  const installation = await installPacked();
  for (const name of others) {
    const path = join(installation.directory, "node_modules", name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(rootPath(name), path);
  }
  return installation;
}
