// `npm run lint:api`: checks the OpenAPI document of a running platform with Redocly's recommended rules and Spectral's
// rules for OpenAPI, and compiles the types that openapi-typescript generates. It also checks the types of the dashboard;
// `npm run lint:api -- --fix` writes them. The linters have a lockfile of their own.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createTestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { runTool } from "../../tools/check/tool.ts";
import { ensureInstalled } from "../../tools/launch/install.js";
import { blockOutsideConnections, takeBlocked } from "../setup/outside-connections.ts";
import { typedClient } from "./typed-client.js";

const folder = import.meta.dirname;
const root = join(folder, "..", "..");

blockOutsideConnections();
const document = await readDocument();
await ensureInstalled(folder);
const { generateTypes, redocly, spectral } = await import("./linters.js");
const problems = [...(await redocly(document)), ...(await spectral(document))];
for (const { linter, message, place, rule, severity } of problems) {
  console.log(`${severity.padEnd(5)} ${linter} ${rule}: ${message} (${place})`);
}
const errors = problems.filter(({ severity }) => severity === "error");
const compilerOutput = await compile(await generateTypes(JSON.parse(document)));
if (compilerOutput !== undefined) console.log(`The generated types do not compile:\n${compilerOutput}`);
const { checkDashboardTypes } = await import("./dashboard-types.js");
const outdated = await checkDashboardTypes(root, JSON.parse(document), process.argv.includes("--fix"));
if (outdated !== undefined) console.log(outdated);
const refusals = takeBlocked();
for (const refusal of refusals) console.log(refusal);
console.log(`${errors.length} errors, ${problems.length - errors.length} warnings`);
const broken = [compilerOutput, outdated].filter((problem) => problem !== undefined);
process.exit(errors.length + refusals.length + broken.length > 0 ? 1 : 0);

async function readDocument() {
  const platform = await createTestPlatform({ resources: [stores] });
  const response = await fetch(`${platform.url}/openapi.json`);
  const text = await response.text();
  await platform.close();
  return text;
}

/** The compiler's output for the generated types and a program that uses them. */
async function compile(types) {
  const parent = join(root, ".latchkey");
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  const directory = mkdtempSync(join(parent, "api-types-"));
  const compilerOptions = { noEmit: true, declaration: false, isolatedDeclarations: false };
  const config = { extends: "../../tsconfig.base.json", compilerOptions, include: ["."] };
  writeFileSync(join(directory, "tsconfig.json"), JSON.stringify(config));
  writeFileSync(join(directory, "openapi.ts"), types);
  writeFileSync(join(directory, "client.ts"), typedClient);
  try {
    const args = ["--pretty", "false", "-p", "."];
    return await runTool(directory, { package: "typescript", program: "tsc", args });
  } finally {
    rmSync(directory, { recursive: true });
  }
}
