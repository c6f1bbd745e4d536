import type { Check } from "./check.ts";
import { scanImports } from "./imports/scan-imports.ts";
import { visitSource } from "./parse-source.ts";
import { isTest, lineAt, readCode, type SourceFile } from "./source-files.ts";

const clockFolder = "packages/server/src/infrastructure/clock/";
const advice = `take the time from the clock (${clockFolder.slice(0, -1)})`;

const forbiddenCalls = new Set(["Date", "setTimeout", "setInterval"]);
const forbiddenMembers = new Set([
  "Date.now",
  "performance.now",
  "process.hrtime",
  "AbortSignal.timeout",
  ...["Date", "performance", "setTimeout", "setInterval", "AbortSignal"].map((name) => `globalThis.${name}`),
]);

/** Only the clock of the server may read the time or wait, so that tests control time. */
export const clock: Check = {
  name: "clock",
  async run({ root }) {
    const files = readCode(root).filter(
      ({ path }) => path.startsWith("packages/server/src/") && !isTest(path),
    );
    return files.filter(({ path }) => !path.startsWith(clockFolder)).flatMap(findTimeAccess);
  },
};

function findTimeAccess(file: SourceFile): string[] {
  const uses: { use: string; line: number }[] = [];
  const add = (use: string, { start }: { start: number }): void => {
    uses.push({ use, line: lineAt(file.text, start) });
  };
  visitSource(file, {
    NewExpression(node) {
      if (nameOf(node.callee) === "Date" && node.arguments.length === 0) add("new Date()", node);
    },
    CallExpression(node) {
      const name = nameOf(node.callee);
      if (forbiddenCalls.has(name)) add(name, node);
    },
    MemberExpression(node) {
      const name = `${nameOf(node.object)}.${nameOf(node.property)}`;
      if (forbiddenMembers.has(name)) add(name, node);
    },
  });
  const timers = scanImports(file)
    .filter(({ specifier }) => /^(?:node:)?timers\b/.test(specifier))
    .map(({ specifier, line }) => ({ use: specifier, line }));
  return [...uses, ...timers].map(({ use, line }) => `${file.path}:${line} ${use}: ${advice}`);
}

function nameOf(node: { readonly type: string; readonly name?: unknown }): string {
  return node.type === "Identifier" ? String(node.name) : "";
}
