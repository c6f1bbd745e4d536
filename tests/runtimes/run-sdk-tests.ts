import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { rolldown } from "rolldown";
import { freePort } from "../../tools/free-port.ts";
import { workerdConfig, workerdPath } from "../consumers/harness/workerd.ts";
import type { TestResult } from "./adapter/collect.ts";
import { excludedOn, type RuntimeName } from "./exclusions.ts";

const sdk = join(import.meta.dirname, "../../packages/sdk/src");

const adapter = join(import.meta.dirname, "adapter");
/** Modules that run on Node alone, and what takes their place. */
const replaced: Readonly<Record<string, string>> = {
  vitest: join(adapter, "index.js"),
  "@latchkey/server/testing": join(adapter, "remote-platform.ts"),
  "@latchkey/stores": join(adapter, "remote-stores.ts"),
};

/** The results of a file of tests, by its path from `packages/sdk/src`. */
export type Results = Readonly<Record<string, readonly TestResult[]>>;

/** A folder with the SDK's tests as one module, `tests.mjs`, that exports `run()`. */
export interface Bundle {
  readonly directory: string;
  /** Where the tests start platforms. */
  readonly controlUrl: string;
  remove(): void;
}

/**
 * Bundles tests of the SDK with an adapter in the place of Vitest.
 *
 * @param controlUrl where the tests start platforms
 */
export async function bundleTests(files: readonly string[], controlUrl: string): Promise<Bundle> {
  const directory = mkdtempSync(join(tmpdir(), "latchkey-runtimes-"));
  const entry = join(import.meta.dirname, "entry.ts");
  const bundle = await rolldown({
    input: entry,
    platform: "neutral",
    external: /^node:/,
    resolve: {
      conditionNames: ["latchkey-source", "import", "default"],
      mainFields: ["module", "main"],
    },
    plugins: [
      {
        name: "tests",
        resolveId: (id) => (id === entry ? id : replaced[id]),
        load: (id) => (id === entry ? entryCode(files) : undefined),
        transform: (code, id) =>
          code
            .replaceAll("import.meta.dirname", JSON.stringify(dirname(id)))
            .replaceAll("import.meta.url", JSON.stringify(`file://${id}`)),
      },
    ],
  });
  await bundle.write({ file: join(directory, "tests.mjs"), codeSplitting: false, format: "esm" });
  await bundle.close();
  writeFileSync(join(directory, "main.mjs"), main);
  writeFileSync(join(directory, "worker.mjs"), worker);
  return {
    directory,
    controlUrl,
    remove: () => rmSync(directory, { recursive: true }),
  };
}

/** Each file is loaded when its tests run, because workers may not do some things before the first request. */
function entryCode(files: readonly string[]): string {
  const loads = files.map(
    (file) => `${JSON.stringify(file)}: () => import(${JSON.stringify(join(sdk, file))}),`,
  );
  return `import { runFile } from ${JSON.stringify(join(adapter, "collect.ts"))};
const files = {
${loads.join("\n")}
};
export async function run() {
  const results = {};
  const excluded = JSON.parse(process.env.EXCLUDED_TESTS);
  for (const [file, load] of Object.entries(files)) {
    const isExcluded = (name) => excluded.some((one) => (file + " > " + name).startsWith(one));
    results[file] = await runFile(load, isExcluded);
  }
  return results;
}`;
}

const worker = `import { run } from "./tests.mjs";
export default { fetch: async () => Response.json(await run()) };
`;

const main = `import process from "node:process";
import { run } from "./tests.mjs";
const results = await run();
process.stdout.write(\`\\n\${JSON.stringify(results)}\\n\`, () => process.exit());
`;

/** A program that runs a JavaScript file. */
export interface Program {
  readonly name: RuntimeName;
  readonly path: string;
  readonly args: readonly string[];
}

function variablesOf({ controlUrl }: Bundle, name: RuntimeName): Record<string, string> {
  return { PLATFORM_CONTROL_URL: controlUrl, EXCLUDED_TESTS: JSON.stringify(excludedOn(name)) };
}

/** Runs the tests by a program, and returns their results. */
export async function runMain(bundle: Bundle, { args, name, path }: Program): Promise<Results> {
  const quiet = { DENO_NO_UPDATE_CHECK: "1", DO_NOT_TRACK: "1", NODE_OPTIONS: "", VITEST: "" };
  const env = { ...process.env, ...quiet, ...variablesOf(bundle, name) };
  const options = { cwd: bundle.directory, env, maxBuffer: 64 * 1024 * 1024, timeout: 120_000 };
  const { stdout } = await promisify(execFile)(path, [...args, "main.mjs"], options);
  return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
}

/** Runs the tests in a worker, and returns their results. */
export async function runWorker(bundle: Bundle): Promise<Results> {
  const { directory } = bundle;
  const port = await freePort();
  const variables = variablesOf(bundle, "workerd");
  const config = workerdConfig({ port, modules: ["worker.mjs", "tests.mjs"], variables });
  writeFileSync(join(directory, "config.capnp"), config);
  const worker = spawn(workerdPath(), ["serve", "config.capnp", "--control-fd=1"], {
    cwd: directory,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  worker.stderr.on("data", (text) => {
    output += text;
  });
  const ended = once(worker, "close");
  try {
    const started = await Promise.race([once(worker.stdout, "data"), ended.then(() => undefined)]);
    if (started === undefined) throw new Error(`workerd did not start:\n${output}`);
    const response = await fetch(`http://127.0.0.1:${port}`);
    const text = await response.text();
    if (response.status !== 200)
      throw new Error(`workerd responded with ${response.status}: ${text}\n${output}`);
    return JSON.parse(text);
  } finally {
    worker.kill("SIGKILL");
    await ended;
  }
}
