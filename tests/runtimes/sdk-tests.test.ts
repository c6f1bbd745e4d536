import { globSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureInstalled } from "../../tools/launch/install.js";
import { bunPath, toolPath } from "../consumers/harness/project.ts";
import { coverageOf } from "./coverage.ts";
import { excludedFiles, type RuntimeName, runtimeNames } from "./exclusions.ts";
import { type PlatformControl, startPlatformControl } from "./platform-control.ts";
import { type Bundle, bundleTests, type Results, runMain, runWorker } from "./run-sdk-tests.ts";

const excluded = excludedFiles.flatMap(({ tests }) => tests);
const files = globSync("**/*.test.ts", { cwd: join(import.meta.dirname, "../../packages/sdk/src") })
  .map((path) => path.replaceAll("\\", "/"))
  .sort();
const bundled = files.filter((file) => !excluded.includes(file));
/** The least part of the files of tests that run on a runtime. */
const leastPart = 0.8;

let control: PlatformControl;
let bundle: Bundle;

beforeAll(async () => {
  await ensureInstalled(import.meta.dirname);
  await ensureInstalled(join(import.meta.dirname, "../consumers"));
  control = await startPlatformControl();
  bundle = await bundleTests(bundled, control.url);
});
afterAll(async () => {
  bundle?.remove();
  await control?.close();
});

const run: Readonly<Record<RuntimeName, () => Promise<Results>>> = {
  Bun: () => runMain(bundle, { name: "Bun", path: bunPath(), args: [] }),
  Deno: () => {
    const offline = ["--cached-only", "--no-remote"];
    const access = ["--allow-net=127.0.0.1", "--allow-env", "--allow-read", "--allow-sys"];
    const args = [toolPath("deno/bin.cjs"), "run", ...offline, ...access];
    return runMain(bundle, { name: "Deno", path: process.execPath, args });
  },
  workerd: () => runWorker(bundle),
};

test.each(runtimeNames)(
  "the SDK's tests pass on %s, but for those that the list of exclusions names",
  async (name) => {
    const { excluded: skipped, failures, passed, unknown, unusedFiles } = coverageOf(name, await run[name]());
    const used = bundled.length - unusedFiles.length;
    console.log(
      `${name}: ${passed} tests of ${used} of ${files.length} files passed, ${skipped} are excluded`,
    );
    expect(failures).toEqual([]);
    expect(unknown).toEqual([]);
    expect(used / files.length).toBeGreaterThan(leastPart);
  },
);

test("the list of exclusions names files that exist", () => {
  expect(excluded.filter((file) => !files.includes(file))).toEqual([]);
});
