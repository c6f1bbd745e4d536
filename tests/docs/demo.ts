import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createManagement, demoEnvOf, prepareDemo, writeDemoEnv } from "@latchkey/server/dev";
import { createTestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { childFlags } from "../../tools/test/responses/child-process.ts";
import { curlSettings, type Place } from "./run.ts";

/** The environment of a reader who started the platform with `npm start`. */
export interface Demo extends Place {
  close(): Promise<void>;
}

/** Starts a test platform with the demo, in an empty directory with `.latchkey/demo.env`. */
export async function startDemo(): Promise<Demo> {
  const platform = await createTestPlatform({ resources: [stores] });
  const management = createManagement(platform.url, platform.adminKey);
  const demo = await prepareDemo({ management, url: platform.url }, {});
  const directory = mkdtempSync(join(tmpdir(), "latchkey-docs-"));
  const variables = demoEnvOf(demo, platform);
  writeFileSync(join(directory, ".curlrc"), curlSettings);
  writeCommand(directory);
  writeDemoEnv(join(directory, ".latchkey", "demo.env"), variables);
  return {
    directory,
    variables,
    async close() {
      await platform.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Writes `bin/latchkey`, which the shell of a snippet finds. */
function writeCommand(directory: string): void {
  const latchkey = join(import.meta.dirname, "..", "..", "packages/server/src/latchkey.ts");
  const command = [process.execPath, ...childFlags(), latchkey].map((part) => `'${part}'`).join(" ");
  mkdirSync(join(directory, "bin"));
  writeFileSync(join(directory, "bin", "latchkey"), `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
}
