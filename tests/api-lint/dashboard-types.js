import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateTypes } from "./linters.js";

const sources = "packages/dashboard/src";
const file = `${sources}/api/openapi.d.ts`;

/**
 * Checks that the types of the dashboard are those of the document; writes them when `fix` is set. They have the paths that
 * its source names, without descriptions and errors. Returns the problem, or undefined.
 */
export async function checkDashboardTypes(root, document, fix) {
  const types = await generateTypes(partFor(readSources(root), document));
  const path = join(root, file);
  if (fix) writeFileSync(path, types);
  if (readFileSync(path, "utf8") === types) return undefined;
  return `${file} is not what the document says: run npm run lint:api -- --fix`;
}

function readSources(root) {
  const files = globSync(join(root, sources, "**/*.{ts,tsx}")).filter((path) => !path.endsWith(".d.ts"));
  return files.map((path) => readFileSync(path, "utf8")).join("\n");
}

/** The paths of the management API that a text quotes, with the schemas that these need. */
function partFor(text, document) {
  const isCalled = (path) => path.startsWith("/admin/v1/") && text.includes(`"${path}"`);
  const paths = Object.entries(document.paths).filter(([path]) => isCalled(path));
  const part = withoutNotes(Object.fromEntries(paths));
  const schemas = {};
  const collect = (value) => {
    for (const [, name] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (schemas[name]) continue;
      schemas[name] = withoutNotes(document.components.schemas[name]);
      collect(schemas[name]);
    }
  };
  collect(part);
  return { openapi: document.openapi, info: document.info, paths: part, components: { schemas } };
}

const isNote = ([name, value]) =>
  (["description", "summary", "example", "pattern"].includes(name) && typeof value !== "object") ||
  name === "example" ||
  /^[45]\d\d$/.test(name);

function withoutNotes(value) {
  if (Array.isArray(value)) return value.map(withoutNotes);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter((entry) => !isNote(entry));
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutNotes(inner)]));
}
