// `npm run test:matrix`: runs each consumer of the packages on each runtime that it is for, and prints a table.
// `-- --json` prints the results as JSON, `-- express jest` runs some of them.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureInstalled } from "../../tools/launch/install.js";
import { consumers } from "./consumers.ts";
import { installForConsumers } from "./harness/installation.ts";
import { isGood, type Result, type Runtime, runMatrix, table } from "./harness/matrix.ts";
import { openShop } from "./harness/shop.ts";

const { positionals, values } = parseArgs({
  options: { json: { type: "boolean", default: false } },
  allowPositionals: true,
});
const nodes = join(import.meta.dirname, "nodes");
await ensureInstalled(nodes);
const runtimes: readonly Runtime[] = [20, 22, 24, 26].flatMap((version) => {
  const nodePath = join(nodes, `node_modules/node-${version}/bin/node`);
  return existsSync(nodePath) ? [{ name: `Node ${version}`, version, nodePath }] : [];
});
const chosen = consumers.filter(
  ({ name }) =>
    positionals.length === 0 || positionals.some((part) => name.toLowerCase().includes(part.toLowerCase())),
);
const installation = await installForConsumers();
const shop = await openShop();
const report = ({ consumer, problem, runtime, seconds }: Result): void => {
  const outcome = problem === undefined ? `${seconds.toFixed(1)} s` : `failed\n${problem}`;
  process.stderr.write(`${consumer} on ${runtime}: ${outcome}\n`);
};
const results = await runMatrix({ consumers: chosen, installation, runtimes, shop }, report);
await shop.platform.close();
installation.remove();
console.log(values.json ? JSON.stringify({ ok: isGood(results), results }) : table(results));
process.exitCode = isGood(results) ? 0 : 1;
