import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { packageNames } from "../../build/build.ts";
import type { Check } from "../check.ts";
import { runTool } from "../tool.ts";
import { exportedDeclarations } from "./declarations.ts";

/**
 * Compares the names and declarations that each entry point exports with its report in `packages/<name>/api`, so that a
 * change of the public API is part of the change that makes it.
 */
export const api: Check = {
  name: "api",
  async run({ fix, root }) {
    const problems: string[] = [];
    for (const name of packageNames) {
      if (!existsSync(join(root, "packages", name))) continue;
      for (const { file, text } of await reportsOf(root, name)) {
        const path = join(root, file);
        if (existsSync(path) && readFileSync(path, "utf8") === text) continue;
        if (fix) {
          mkdirSync(dirname(path), { recursive: true });
          writeFileSync(path, text);
        } else
          problems.push(
            `${file} differs from the code. Run npm run check -- api --fix, and commit the file.`,
          );
      }
    }
    return problems;
  },
};

interface Report {
  /** Path from the root of the repository. */
  readonly file: string;
  readonly text: string;
}

async function reportsOf(root: string, name: string): Promise<Report[]> {
  const folder = join(root, "packages", name);
  const emitted = mkdtempSync(join(tmpdir(), "latchkey-api-"));
  try {
    const emit = ["--emitDeclarationOnly", "--noCheck", "--removeComments", "--sourceMap", "false"];
    const args = ["-p", "tsconfig.json", ...emit, "--outDir", emitted];
    const failure = await runTool(folder, { package: "typescript", program: "tsc", args });
    if (failure !== undefined) throw new Error(failure);
    return entryPoints(folder).map(({ entry, source }) => {
      const specifier = `@latchkey/${name}${entry === "index" ? "" : `/${entry}`}`;
      const declarations = exportedDeclarations(join(emitted, source.replace(/\.ts$/, ".d.ts")));
      return { file: `packages/${name}/api/${entry}.txt`, text: reportText(specifier, declarations) };
    });
  } finally {
    rmSync(emitted, { recursive: true });
  }
}

/** The entry points of a package that are TypeScript, with their files below `src`. */
function entryPoints(folder: string): { entry: string; source: string }[] {
  const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    exports: Record<string, string | Record<string, unknown>>;
  };
  return Object.entries(exports).flatMap(([path, target]) => {
    const source = typeof target === "string" ? undefined : target["latchkey-source"];
    if (typeof source !== "string") return [];
    return [{ entry: path.replace(/^\.\/?/, "") || "index", source: source.replace("./src/", "") }];
  });
}

function reportText(specifier: string, declarations: ReadonlyMap<string, string>): string {
  const head = `// What ${specifier} exports. Written by npm run check -- api --fix.`;
  const names = [...declarations.keys()].sort();
  return `${[head, ...names.map((name) => declarations.get(name))].join("\n\n")}\n`;
}
