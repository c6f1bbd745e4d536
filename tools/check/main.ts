// `npm run check`: runs the checks that the arguments name, or all. Prints one line for each, and the problems.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { api } from "./api/api.ts";
import { clock } from "./clock.ts";
import { imports, printGraph } from "./imports/imports.ts";
import { packages } from "./packages.ts";
import { lint, types, unused } from "./programs.ts";
import { jsonReport, lines, runChecks } from "./run-checks.ts";
import { sizes } from "./sizes.ts";
import { sql } from "./sql.ts";
import { words } from "./words.ts";

const all = [types, lint, imports, clock, sql, sizes, words, unused, api, packages];
const root = join(import.meta.dirname, "..", "..");
const usage = `Usage: npm run check -- [${all.map(({ name }) => name).join("|")} ...] [--json] [--fix] [--graph]`;

process.exitCode = await main();

async function main(): Promise<number> {
  const { values, positionals } = readArguments();
  const unknown = positionals.filter((name) => !all.some((check) => check.name === name));
  if (values.help || unknown.length > 0) {
    console.error(usage);
    return values.help ? 0 : 2;
  }
  if (values.graph) {
    console.log(printGraph(root));
    return 0;
  }
  const chosen = all.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const results = await runChecks(chosen, { root, fix: values.fix }, (result) => {
    if (!values.json) console.log(lines(result).join("\n"));
  });
  if (values.json) console.log(jsonReport(results));
  return results.every(({ problems }) => problems.length === 0) ? 0 : 1;
}

function readArguments(): {
  values: { json: boolean; fix: boolean; graph: boolean; help: boolean };
  positionals: string[];
} {
  const flag = { type: "boolean", default: false } as const;
  const options = { json: flag, fix: flag, graph: flag, help: flag };
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return { values: { json: false, fix: false, graph: false, help: false }, positionals: ["?"] };
  }
}
