import { readFileSync } from "node:fs";
import { stores } from "@latchkey/stores";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readRealColumns } from "../../testing/support/database-contents.queries.ts";
import { createTestDatabase, engines, type TestDatabase } from "../../testing/test-database.ts";
import { migrateResource } from "./index.ts";

const document = readFileSync(new URL("../../../../../docs/reference/storage.md", import.meta.url), "utf8");

/** The columns of each table in the document: the names in backticks in the two cells after the table. */
function documented(): Record<string, string[]> {
  const rows = [...document.matchAll(/^\| `(\w+)` \| ([^|]*) \| ([^|]*)\|/gm)];
  return Object.fromEntries(
    rows.map(([, table = "", key = "", beside = ""]) => [
      table,
      Array.from(`${key} ${beside}`.matchAll(/`(\w+)`/g), ([, column = ""]) => column).sort(),
    ]),
  );
}

describe.each(engines)("the document of storage on %s", (engine) => {
  let testDatabase: TestDatabase;
  beforeAll(async () => {
    testDatabase = await createTestDatabase(engine);
    await migrateResource(testDatabase.database, testDatabase.clock, stores);
  });
  afterAll(() => testDatabase.remove());

  test("has every table with every column, and no other", async () => {
    const real = await readRealColumns(testDatabase.database);
    const columns = Object.entries(real).map(([table, own]) => [table, Object.keys(own).sort()]);
    expect(documented()).toEqual(Object.fromEntries(columns));
  });
});
