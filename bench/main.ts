import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildPackages } from "../tools/build/build.ts";
import { compareBuilds } from "./against/against.ts";
import { type Bench, type Benchmark, fullPace, quickPace } from "./benchmark.ts";
import { lists } from "./lists/lists.ts";
import { startLoadGenerator } from "./load.ts";
import { ownApi } from "./own-api/own-api.ts";
import { pages } from "./pages/pages.ts";
import { canPin } from "./processes/cores.ts";
import { productQuery } from "./product-query.ts";
import { productWrite } from "./product-write.ts";
import { pruning } from "./pruning.ts";
import { createReport } from "./report.ts";
import { sdkOverhead } from "./sdk/sdk-overhead.ts";
import { servicePlugins } from "./service-plugins/service-plugins.ts";
import { size } from "./size.ts";
import { startUp } from "./start-up.ts";
import { testKit } from "./test-kit.ts";
import { tokenEndpoint } from "./token-endpoint.ts";
import { tokenInfo } from "./token-info.ts";
import { webhooks } from "./webhooks/webhooks.ts";

const benchmarks: Readonly<Record<string, Benchmark>> = {
  "token-endpoint": tokenEndpoint,
  "token-info": tokenInfo,
  "own-api": ownApi,
  "product-query": productQuery,
  "product-write": productWrite,
  "sdk-overhead": sdkOverhead,
  webhooks,
  "service-plugins": servicePlugins,
  pages,
  size,
  pruning,
  lists,
  "start-up": startUp,
  "test-kit": testKit,
};
const usage = `Usage: npm run bench -- [${Object.keys(benchmarks).join("|")} …] [--quick] [--json] [--against <commit> [--rounds 5]]\n`;
const root = join(import.meta.dirname, "..");

const { names, options } = readArguments();
// The measured servers get only the variables that the benchmarks set, not those of the shell.
for (const name of Object.keys(process.env)) if (name.startsWith("LATCHKEY_")) delete process.env[name];
process.on("SIGINT", () => process.exit(130)).on("SIGTERM", () => process.exit(143));

if (options.against !== undefined) {
  await compareBuilds({
    ...{ root, commit: options.against, names, json: options.json },
    rounds: Number(options.rounds),
  });
  process.exit();
}

process.stderr.write("building …\n");
const problems = await buildPackages(root);
if (problems.length > 0) {
  process.stderr.write(`${problems.join("\n")}\n`);
  process.exit(1);
}

const isQuick = options.quick;
const generator = startLoadGenerator();
const report = createReport(options.json, (line) => console.log(line));
const bench: Bench = { generator, isQuick, pace: isQuick ? quickPace : fullPace, report };
if (!canPin) process.stderr.write("This machine cannot pin processes to cores; figures will vary more.\n");
for (const [name, run] of Object.entries(benchmarks)) {
  if (names.length > 0 && !names.includes(name)) continue;
  process.stderr.write(`${name} …\n`);
  try {
    await run(bench);
  } catch (error) {
    process.exitCode = 1;
    process.stderr.write(
      `${name} could not be measured: ${error instanceof Error ? error.message : error}\n`,
    );
  }
  report.flush();
}
await generator.stop();

function readArguments() {
  const flag = { type: "boolean", default: false } as const;
  try {
    const { positionals, values } = parseArgs({
      options: {
        ...{ quick: flag, json: flag },
        ...{ against: { type: "string" }, rounds: { type: "string", default: "5" } },
      },
      allowPositionals: true,
    });
    if (positionals.every((name) => Object.hasOwn(benchmarks, name)) && /^[1-9]\d?$/.test(values.rounds)) {
      return { names: positionals, options: values };
    }
  } catch {}
  process.stderr.write(usage);
  process.exit(2);
}
