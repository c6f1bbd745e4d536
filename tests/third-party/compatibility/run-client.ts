import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { childFlags } from "../../../tools/test/responses/child-process.ts";
import { startDemo } from "../../docs/demo.ts";
import type { Report } from "./case.ts";

const here = import.meta.dirname;

/** Runs all cases with the third-party client in a separate process, on a platform with the demo. */
export async function runThirdPartyClient(): Promise<Report> {
  const demo = await startDemo();
  try {
    const flags = [...childFlags(), "--import", join(here, "swap-host.ts"), join(here, "client-process.ts")];
    const env = { PATH: process.env.PATH ?? "", ...demo.variables };
    const options = { env, timeout: 240_000, maxBuffer: 16 * 1_024 * 1_024 };
    const { stdout } = await promisify(execFile)(process.execPath, flags, options);
    return JSON.parse(stdout) as Report;
  } finally {
    await demo.close();
  }
}
