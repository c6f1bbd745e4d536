import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Outcome, type Part, parts, type Report } from "./case.ts";
import { gaps, untried } from "./gaps.ts";

const root = join(import.meta.dirname, "..", "..", "..");

/** The path of the document. */
export const documentFile: string = join(root, "docs/reference/compatibility.md");

const titles: Readonly<Record<Part, string>> = {
  products: "Products: `products` of `@wix/stores`",
  collections: "Collections: `collections` of `@wix/stores`",
  appInstances: "App instances: `appInstances` of `@wix/app-management`",
  operators: "Operators of the query builders",
  paging: "Paging",
  errors: "Refusals",
  tokens: "Tokens: `AppStrategy` of `@wix/sdk`",
  legacy: "Custom authentication (legacy): `AppStrategy` of `@wix/sdk`",
};

/** Returns contradictions to the lists of gaps and of untested functions. */
export function findContradictions({ outcomes, surface }: Report): string[] {
  const failed = outcomes.flatMap(({ failure, tried }) =>
    failure === undefined || tried in gaps ? [] : [`${tried} does not come out as documented: ${failure}`],
  );
  const mended = outcomes.flatMap(({ failure, tried }) =>
    failure === undefined && tried in gaps
      ? [`${tried} is said to be a gap, but comes out as documented.`]
      : [],
  );
  const methods = Object.entries(surface.methods).flatMap(([part, names]) =>
    names.map((name) => ({ name, cases: outcomes.filter((outcome) => outcome.part === part) })),
  );
  const builder = surface.builder.map((name) => ({
    name,
    cases: outcomes.filter(({ part }) => part === "operators" || part === "paging"),
  }));
  const strategy = surface.strategy.map((name) => ({
    name,
    cases: outcomes.filter(({ part }) => part === "tokens" || part === "legacy"),
  }));
  const missing = [...methods, ...builder, ...strategy]
    .filter(({ cases, name }) => !(name in untried) && !cases.some(({ tried }) => isAbout(tried, name)))
    .map(({ name }) => `${name} is tried by no case.`);
  return [...failed, ...mended, ...missing];
}

/** Checks whether the words before the colon contain the function name. */
function isAbout(tried: string, name: string): boolean {
  return (
    tried
      .split(":")[0]
      ?.split(/[^\w]+/)
      .includes(name) ?? false
  );
}

/** Renders the document as Markdown. */
export function writeDocument(report: Report): string {
  const { outcomes, surface } = report;
  const good = outcomes.filter(({ tried }) => !(tried in gaps)).length;
  const share = Math.floor((good / outcomes.length) * 1_000) / 10;
  const sections = parts.flatMap((part) => {
    const rows = outcomes.filter((outcome) => outcome.part === part).map(row);
    return [`## ${titles[part]}`, "", ...table(["call", "result", "as documented"], rows), ""];
  });
  const others = Object.entries(untried).map(([name, why]) => [`\`${name}\``, why]);
  const handlers = Object.values(surface.handlers).flat();
  const events = [
    handlers.map((name) => `\`${name}\``).join(", "),
    "register handlers of webhooks; `tests/third-party/webhooks.test.ts` tests one of each kind",
  ];
  return [
    "# Compatibility with the third-party client",
    "",
    "`node --conditions=latchkey-source tests/third-party/compatibility/main.ts` generates this file. A test repeats the cases and",
    "fails when a result differs. The packages are used unmodified, in a separate process. Only",
    "`fetch` is wrapped before they are loaded: it sends requests for `https://www.wixapis.com` to the platform.",
    "",
    `Tested with ${versions().join(", ")}. The list of functions comes from the packages. Each function has a row here.`,
    "",
    `**${good} of ${outcomes.length} results are as documented: ${share} %.**`,
    "",
    ...sections,
    "## Not tested",
    "",
    ...table(["function", "why"], [...others, events]),
    "",
  ].join("\n");
}

function row({ comesOut, tried }: Outcome): readonly string[] {
  const [what = "", ...fields] = tried.split(": ");
  const shown = fields.length === 0 ? what : `${what}, on \`${fields.join(": ").replaceAll(", ", "`, `")}\``;
  return [shown, comesOut, tried in gaps ? `no: ${gaps[tried]}` : "yes"];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}

function versions(): string[] {
  return ["@wix/sdk", "@wix/stores", "@wix/app-management"].map((name) => {
    const manifest = readFileSync(join(root, "node_modules", name, "package.json"), "utf8");
    return `\`${name}\` ${(JSON.parse(manifest) as { version: string }).version}`;
  });
}
