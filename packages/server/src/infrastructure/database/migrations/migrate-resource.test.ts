import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase, engines, type TestDatabase } from "../../../testing/test-database.ts";
import { type Migration, migrateResource } from "../index.ts";

const tables = ["tours_guides", "tours_dates"];
const first: Migration = {
  name: "0001-guides",
  sql: "CREATE TABLE tours_guides (id TEXT COLLATE BINARY PRIMARY KEY);",
};
const second: Migration = {
  name: "0002-dates",
  sql: "CREATE TABLE tours_dates (id TEXT);\nCREATE INDEX tours_dates_by_id ON tours_dates (id);",
};

describe.each(engines)("migrations of a resource on %s", (engine) => {
  let storage: TestDatabase;
  beforeEach(async () => {
    storage = await createTestDatabase(engine);
  });
  afterEach(() => storage.remove());

  const run = (migrations: readonly Migration[], declared: readonly string[] = tables) =>
    migrateResource(storage.database, storage.clock, { name: "tours", tables: declared, migrations });
  const applied = async () => {
    const { rows } = await sql<{ name: string }>`
      select name from migrations where resource = 'tours' order by name`.execute(storage.database.read);
    return rows.map(({ name }) => name);
  };
  const hasTable = (name: string): Promise<boolean> =>
    sql
      .raw(`select 1 from ${name}`)
      .execute(storage.database.read)
      .then(
        () => true,
        () => false,
      );

  test("are applied in order, each once", async () => {
    expect(await run([first], ["tours_guides"])).toEqual(["0001-guides"]);
    expect(await run([first, second])).toEqual(["0002-dates"]);
    expect(await run([first, second])).toEqual([]);
    expect(await applied()).toEqual(["0001-guides", "0002-dates"]);
  });

  test("are named per resource: two resources may use the same name", async () => {
    await run([first, second]);
    const other = { name: "0001-guides", sql: "CREATE TABLE cafes_tables (id TEXT);" };
    const cafes = { name: "cafes", tables: ["cafes_tables"], migrations: [other] };
    expect(await migrateResource(storage.database, storage.clock, cafes)).toEqual(["0001-guides"]);
  });

  test("that fail half-way are rolled back, and earlier ones stay applied", async () => {
    const failing = { name: "0002-dates", sql: `${second.sql}\nINSERT INTO tours_nowhere\n  VALUES (1);` };
    await expect(run([first, failing])).rejects.toMatchObject({
      code: "migration_failed",
      message:
        "A migration could not be applied; it was rolled back. " +
        "Resource tours, migration 0002-dates: INSERT INTO tours_nowhere VALUES (1)",
      cause: expect.objectContaining({ message: expect.stringContaining("tours_nowhere") }),
    });
    expect(await applied()).toEqual(["0001-guides"]);
    expect([await hasTable("tours_guides"), await hasTable("tours_dates")]).toEqual([true, false]);
    expect(await run([first, second])).toEqual(["0002-dates"]);
  });

  test.each([
    ["creates a table that is not declared", "CREATE TABLE tours_other (id TEXT);", "tours_other"],
    ["adds a column to a table of the platform", "ALTER TABLE sites ADD COLUMN stars INTEGER;", "sites"],
    ["adds an index to a table of the platform", "CREATE INDEX tours_index ON apps (name);", "apps"],
    ["drops a table of the platform", "DROP TABLE revoked_tokens;", "revoked_tokens"],
    ["creates a view", "CREATE VIEW tours_view AS SELECT app_id FROM apps;", "tours_view"],
  ])("one that %s is rejected", async (_, statement, table) => {
    await expect(run([first, { name: "0002-dates", sql: statement }])).rejects.toMatchObject({
      code: "migration_failed",
      message:
        "A migration could not be applied; it was rolled back. " +
        `Resource tours, migration 0002-dates changes ${table}, which its tables do not declare.`,
    });
    expect(await applied()).toEqual(["0001-guides"]);
    expect(await hasTable("revoked_tokens")).toBe(true);
  });

  test("have to create every table that is declared", async () => {
    await expect(run([first])).rejects.toMatchObject({
      code: "resource_invalid",
      message:
        "A resource is not defined as the platform needs it. " +
        "Resource tours declares tours_dates, which none of its migrations creates.",
    });
  });

  test("that were edited after they were applied stop the start", async () => {
    await run([first, second]);
    await expect(run([{ ...first, sql: `${first.sql}\n-- edited` }, second])).rejects.toMatchObject({
      code: "migration_changed",
      message:
        "A migration that was applied to this database has since been edited. " +
        "Resource tours, migration 0001-guides",
    });
  });
});
