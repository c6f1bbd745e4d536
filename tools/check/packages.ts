import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { buildPackages, packageNames } from "../build/build.ts";
import type { Check } from "./check.ts";
import { runLinter } from "./tool.ts";

/** Builds the packages and checks them by publint and Are the Types Wrong. */
export const packages: Check = {
  name: "packages",
  async run({ root }) {
    const broken = await buildPackages(root);
    if (broken.length > 0) return broken;
    const names = packageNames.filter((name) => existsSync(join(root, "packages", name)));
    const problems = await Promise.all(
      names.map(async (name) => [...(await lintPackage(root, name)), ...(await checkTypes(root, name))]),
    );
    return problems.flat();
  },
};

async function lintPackage(root: string, name: string): Promise<string[]> {
  const pkgDir = join(root, "packages", name);
  const manifest = JSON.parse(readFileSync(join(pkgDir, "package.json"), "utf8"));
  const { messages } = await publint({ pkgDir, strict: true });
  return messages.map((message) => `${name}: ${formatMessage(message, manifest, { color: false })}`);
}

async function checkTypes(root: string, name: string): Promise<string[]> {
  const folder = join(root, "packages", name);
  const { main } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  // A package with `main` can be loaded by `require` too.
  const profile = main === undefined ? "esm-only" : "strict";
  const output = await runLinter(folder, {
    package: "@arethetypeswrong/cli",
    program: "attw",
    args: ["--pack", ".", "--profile", profile, "--no-color", "--no-emoji"],
  });
  return output === undefined ? [] : [`${name}: ${output}`];
}
