import { copyFileSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "../check/tool.ts";
import { buildDashboard } from "./dashboard.ts";

/** The packages in the order of their building: each needs the declarations of those before it. */
export const packageNames = ["protocol", "sdk", "server", "stores"] as const;

export type PackageName = (typeof packageNames)[number];

/**
 * Emits packages from `src` to `dist`, with the license, and the dashboard into the server; returns the messages of the
 * compiler, none when all went well.
 *
 * @param names default: all; each needs those before it
 */
export async function buildPackages(
  root: string,
  names: readonly PackageName[] = packageNames,
): Promise<string[]> {
  for (const name of names) {
    const folder = join(root, "packages", name);
    if (!existsSync(folder)) continue;
    rmSync(join(folder, "dist"), { recursive: true, force: true });
    copyLicense(root, name);
    const output = (await compile(folder, "tsconfig.json")) ?? (await compileCommonJs(folder));
    if (output !== undefined) return output.split("\n").map((line) => `${name}: ${line}`);
  }
  if (names.includes("server") && existsSync(join(root, "packages/dashboard"))) await buildDashboard(root);
  return [];
}

/** Copies the license of the repository into a package, because npm packs only files of the package. */
export function copyLicense(root: string, name: string): void {
  const license = join(root, "LICENSE");
  if (existsSync(license)) copyFileSync(license, join(root, "packages", name, "LICENSE"));
}

/** Emits what a program that calls `require` loads, for packages with a configuration for it. */
async function compileCommonJs(folder: string): Promise<string | undefined> {
  if (!existsSync(join(folder, "tsconfig.cjs.json"))) return undefined;
  const output = await compile(folder, "tsconfig.cjs.json");
  if (output === undefined) writeFileSync(join(folder, "dist/cjs/package.json"), '{ "type": "commonjs" }\n');
  return output;
}

/** Returns the messages of the compiler; undefined when all went well. */
function compile(folder: string, config: string): Promise<string | undefined> {
  return runTool(folder, { package: "typescript", program: "tsc", args: ["-p", config] });
}
