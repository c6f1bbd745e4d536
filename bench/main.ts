import { join } from "node:path";
import { buildPackages } from "../tools/build/build.ts";
import { type Bench, type Benchmark, fullPace, quickPace } from "./benchmark.ts";
import { startLoadGenerator } from "./load.ts";
import { ownApi } from "./own-api/own-api.ts";
import { pages } from "./pages/pages.ts";
import { canPin } from "./processes/cores.ts";
import { productQuery } from "./product-query.ts";
import { productWrite } from "./product-write.ts";
import { createReport } from "./report.ts";
import { sdkOverhead } from "./sdk/sdk-overhead.ts";
import { servicePlugins } from "./service-plugins/service-plugins.ts";
import { size } from "./size.ts";
import { startUp } from "./start-up.ts";
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
  "start-up": startUp,
};
const usage = `Usage: npm run bench -- [${Object.keys(benchmarks).join("|")} …] [--quick] [--json]\n`;

const words = process.argv.slice(2);
const flags = words.filter((word) => word.startsWith("-"));
const names = words.filter((word) => !word.startsWith("-"));
const known = names.every((name) => Object.hasOwn(benchmarks, name));
if (!known || flags.some((flag) => flag !== "--quick" && flag !== "--json")) {
  process.stderr.write(usage);
  process.exit(2);
}
// The servers under test must get what is given here, not what the shell happens to carry.
for (const name of Object.keys(process.env)) if (name.startsWith("LATCHKEY_")) delete process.env[name];
process.on("SIGINT", () => process.exit(130)).on("SIGTERM", () => process.exit(143));

process.stderr.write("building …\n");
const problems = await buildPackages(join(import.meta.dirname, ".."));
if (problems.length > 0) {
  process.stderr.write(`${problems.join("\n")}\n`);
  process.exit(1);
}

const isQuick = flags.includes("--quick");
const generator = startLoadGenerator();
const report = createReport(flags.includes("--json"), (line) => console.log(line));
const bench: Bench = { generator, isQuick, pace: isQuick ? quickPace : fullPace, report };
if (!canPin)
  process.stderr.write("Processes cannot be kept on cores of their own here; figures will vary more.\n");
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
