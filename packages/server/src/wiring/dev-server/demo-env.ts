import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** The variables of `.latchkey/demo.env`: what a shell or an app needs to act as the demo app. */
export type DemoEnv = Readonly<Record<string, string>>;

/** Reads the file; returns `{}` when it does not exist. */
export function readDemoEnv(file: string): DemoEnv {
  if (!existsSync(file)) return {};
  const lines = readFileSync(file, "utf8").split("\n");
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Writes the file whole or not at all, readable by its owner only. */
export function writeDemoEnv(file: string, env: DemoEnv): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const text = Object.entries(env).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(`${file}.new`, text.join(""), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
