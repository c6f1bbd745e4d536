import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stores } from "@latchkey/stores";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadResources } from "./load-resources.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "latchkey-resources-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Creates a module. */
function moduleOf(name: string, text: string): string {
  const file = join(directory, name);
  writeFileSync(file, text);
  return file;
}

test("no names load no resources", async () => {
  expect(await loadResources([])).toEqual([]);
});

test("a package and a file load the resources that they export, each once", async () => {
  const file = moduleOf(
    "tours.mjs",
    `const tours = { name: "tours", [Symbol.for("latchkey.resource")]: true };
     export { tours, tours as default };
     export const other = 1;`,
  );
  const loaded = await loadResources(["@latchkey/stores", file]);
  expect(loaded.map(({ name }) => name)).toEqual(["stores", "tours"]);
  expect(loaded[0]).toBe(stores);
});

test.each([
  ["is not installed", () => "@latchkey/nowhere", "cannot be loaded."],
  ["throws", () => moduleOf("throws.mjs", 'throw new Error("no");'), "cannot be loaded."],
  [
    "exports no resource",
    () => moduleOf("other.mjs", 'export const tours = { name: "tours" };'),
    "has no export that was created with defineResource.",
  ],
])("a module that %s stops the start", async (_, make, problem) => {
  const name = make();
  await expect(loadResources([name])).rejects.toMatchObject({
    code: "resource_not_loaded",
    message: `A module that LATCHKEY_RESOURCES names cannot be used. ${name} ${problem}`,
  });
});
