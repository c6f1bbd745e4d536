import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** What `.latchkey/demo.env` holds: everything a shell or an app needs to play the demonstration's part. */
export type DemoEnv = Readonly<Record<string, string>>;

/** Reads the file; nothing when there is none yet. */
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
