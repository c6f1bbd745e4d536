// Runs in a separate process with only the third-party client and the cases. Prints its report as JSON.
import { AppStrategy } from "@wix/sdk";
import { type Case, type Outcome, parts, type Report, type Surface } from "./case.ts";
import { collectionCases } from "./collection-cases.ts";
import { errorCases } from "./error-cases.ts";
import { type Fixture, modules, openFixture } from "./fixture.ts";
import { legacyCases } from "./legacy-cases.ts";
import { mediaCases, variantCases } from "./media-cases.ts";
import { pagingCases } from "./paging-cases.ts";
import { productCases } from "./product-cases.ts";
import { queryCases } from "./query-cases.ts";
import { tokenCases } from "./token-cases.ts";

// Token cases advance the clock, so they run last.
const cases: readonly Case[] = [
  ...queryCases,
  ...pagingCases,
  ...productCases,
  ...mediaCases,
  ...variantCases,
  ...collectionCases,
  ...errorCases,
  ...legacyCases,
  ...tokenCases,
];

async function runCase({ run, ...description }: Case, fixture: Fixture): Promise<Outcome> {
  try {
    await run(fixture);
    return description;
  } catch (error) {
    return { ...description, failure: error instanceof Error ? error.message : String(error) };
  }
}

function surfaceOf({ client, demo }: Fixture): Surface {
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

const fixture = openFixture();
const outcomes: Outcome[] = [];
for (const each of cases) outcomes.push(await runCase(each, fixture));
const ordered = parts.flatMap((part) => outcomes.filter((outcome) => outcome.part === part));
const report: Report = { surface: surfaceOf(fixture), outcomes: ordered };
process.stdout.write(JSON.stringify(report));
