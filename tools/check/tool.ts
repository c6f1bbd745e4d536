import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ensureInstalled } from "../launch/install.js";

const home = join(import.meta.dirname, "..", "..");
const linters = join(import.meta.dirname, "linters");

/** A program of a development dependency and its arguments. */
export interface ToolCall {
  readonly package: string;
  readonly program: string;
  readonly args: readonly string[];
}

/** Runs a program of a development dependency in a folder. Returns its output if it fails, else undefined. */
export function runTool(folder: string, call: ToolCall): Promise<string | undefined> {
  return runFrom(home, folder, call);
}

/** Runs a linter, which has a lockfile of its own and is installed when needed, as {@link runTool} does. */
export async function runLinter(folder: string, call: ToolCall): Promise<string | undefined> {
  await ensureInstalled(linters);
  return await runFrom(linters, folder, call);
}

function runFrom(installed: string, folder: string, call: ToolCall): Promise<string | undefined> {
  const manifest = JSON.parse(
    readFileSync(join(installed, "node_modules", call.package, "package.json"), "utf8"),
  );
  const file = join(installed, "node_modules", call.package, manifest.bin[call.program]);
  const child = spawn(process.execPath, [file, ...call.args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code === 0 ? undefined : output.trim() || `ended with ${code}`));
  });
}
