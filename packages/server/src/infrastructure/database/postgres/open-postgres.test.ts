import { sql } from "kysely";
import { expect, test } from "vitest";
import { createTestDatabase } from "../../../testing/test-database.ts";
import { openDatabase, type Queries } from "../index.ts";

test("FR-E13: options of the URL are added to those that the schema and searches need", async () => {
  const storage = await createTestDatabase("postgres");
  const url = new URL(storage.url);
  const schema = url.searchParams.get("schema");
  url.searchParams.set("options", "-c work_mem=5MB");
  const database = openDatabase(url.href, () => {});
  const settings = async (queries: Queries) => {
    const { rows } = await sql`
      select current_setting('search_path') as path, current_setting('work_mem') as memory,
        current_setting('random_page_cost') as cost, current_setting('default_transaction_read_only') as read_only,
        current_setting('max_parallel_workers_per_gather') as parallel
    `.execute(queries);
    return rows[0];
  };
  const common = { path: schema, memory: "5MB", cost: "1.1" };
  expect(await settings(database.read)).toEqual({ ...common, read_only: "off", parallel: "2" });
  expect(await database.search("app", settings)).toEqual({ ...common, read_only: "on", parallel: "0" });
  await database.close();
  await storage.remove();
});
