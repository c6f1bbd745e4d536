import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { childFlags } from "../../../../../tools/test/responses/child-process.ts";

const latchkey = join(import.meta.dirname, "..", "..", "latchkey.ts");

/** A run of `latchkey migrate-tokens`. */
export interface MigrationRun {
  kill(): void;
  /** The exit code, or null after a kill, and what it printed. */
  readonly ended: Promise<{ readonly code: number | null; readonly output: string; readonly errors: string }>;
}

/** Starts `latchkey migrate-tokens` in a process. */
export function startMigration(
  options: readonly string[],
  env: Readonly<Record<string, string>>,
): MigrationRun {
  const child = spawn(process.execPath, [...childFlags(), latchkey, "migrate-tokens", ...options], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  return {
    kill: () => child.kill("SIGKILL"),
    ended: once(child, "close").then(([code]) => ({ code: code as number | null, output, errors })),
  };
}
