import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "../check/tool.ts";
import { buildDashboard } from "./dashboard.ts";

/** The packages in the order of their building: each needs the declarations of those before it. */
export const packageNames = ["protocol", "sdk", "server", "stores"] as const;

/** Emits every package from `src` to `dist`, and the dashboard into the server; returns the messages of the compiler, none when all went well. */
export async function buildPackages(root: string): Promise<string[]> {
  for (const name of packageNames) {
    const folder = join(root, "packages", name);
    if (!existsSync(folder)) continue;
    rmSync(join(folder, "dist"), { recursive: true, force: true });
    const output = await runTool(folder, {
      package: "typescript",
      program: "tsc",
      args: ["-p", "tsconfig.json"],
    });
    if (output !== undefined) return output.split("\n").map((line) => `${name}: ${line}`);
  }
  if (existsSync(join(root, "packages/dashboard"))) await buildDashboard(root);
  return [];
}
