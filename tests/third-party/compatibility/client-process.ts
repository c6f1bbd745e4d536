// Runs in a process of its own, with nothing but the third-party client and the cases; writes its report as JSON.
import { AppStrategy } from "@wix/sdk";
import { type Case, type Outcome, parts, type Report, type Surface } from "./case.ts";
import { collectionCases } from "./collection-cases.ts";
import { errorCases } from "./error-cases.ts";
import { mediaCases, variantCases } from "./media-cases.ts";
import { pagingCases } from "./paging-cases.ts";
import { productCases } from "./product-cases.ts";
import { queryCases } from "./query-cases.ts";
import { tokenCases } from "./token-cases.ts";
import { modules, openWorld, type World } from "./world.ts";

// The clock moves forward in the cases of tokens, so these come last.
const cases: readonly Case[] = [
  ...queryCases,
  ...pagingCases,
  ...productCases,
  ...mediaCases,
  ...variantCases,
  ...collectionCases,
  ...errorCases,
  ...tokenCases,
];

async function tryOut({ run, ...told }: Case, world: World): Promise<Outcome> {
  try {
    await run(world);
    return told;
  } catch (error) {
    return { ...told, failure: error instanceof Error ? error.message : String(error) };
  }
}

function surfaceOf({ client, demo }: World): Surface {
  const builder = Object.keys(client.products.queryProducts()).filter((name) => name !== "query");
  return {
    methods: functionsOf((member) => !("__type" in member)),
    handlers: functionsOf((member) => "__type" in member),
    builder,
    strategy: Object.keys(AppStrategy({ ...demo })),
  };
}

function functionsOf(takes: (member: object) => boolean): Record<string, string[]> {
  const chosen = Object.entries(modules).map(([name, module]) => {
    const members = Object.entries(module).filter(
      ([, member]) => typeof member === "function" && takes(member),
    );
    return [name, members.map(([member]) => member)];
  });
  return Object.fromEntries(chosen);
}

const world = openWorld();
const outcomes: Outcome[] = [];
for (const each of cases) outcomes.push(await tryOut(each, world));
const ordered = parts.flatMap((part) => outcomes.filter((outcome) => outcome.part === part));
const report: Report = { surface: surfaceOf(world), outcomes: ordered };
process.stdout.write(JSON.stringify(report));
