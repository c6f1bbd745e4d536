import { sql } from "kysely";
import { expect, test } from "vitest";
import { createTestDatabase } from "../../../testing/test-database.ts";
import { migrate, openDatabase, type Queries } from "../index.ts";

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

test("FR-B: a process opens 15 connections at most, as the guides say", async () => {
  const storage = await createTestDatabase("postgres");
  const url = new URL(storage.url);
  url.searchParams.set("application_name", "counted");
  const database = openDatabase(url.href, () => {});
  const wait = (queries: Queries) => sql`select pg_sleep(0.1)`.execute(queries);
  const read = database.prepare("select 1");
  await Promise.all([
    ...Array.from({ length: 40 }, () => wait(database.read)),
    ...Array.from({ length: 40 }, (_, key) => database.search(`${key}`, wait)),
    ...Array.from({ length: 40 }, () => read([])),
  ]);
  const count = sql<{ open: number }>`
    select count(*) as open from pg_stat_activity where application_name = 'counted'`;
  expect((await count.execute(storage.database.read)).rows).toEqual([{ open: 15 }]);
  await database.close();
  await storage.remove();
});

test("FR-B: a schema in which the role may not create tables is named as the cause of a failed migration", async () => {
  const storage = await createTestDatabase("postgres", { migrated: false });
  const url = new URL(storage.url);
  const schema = url.searchParams.get("schema") ?? "";
  const role = `${schema}_reader`;
  const execute = (statement: string) => storage.database.write((trx) => sql.raw(statement).execute(trx));
  await execute(`create role ${role} login password 'secret'`);
  await execute(`grant usage on schema ${schema} to ${role}`);
  Object.assign(url, { username: role, password: "secret" });
  const database = openDatabase(url.href, () => {});
  await expect(migrate(database, storage.clock)).rejects.toMatchObject({
    code: "migration_failed",
    cause: { message: `permission denied for schema ${schema}` },
  });
  await database.close();
  await execute(`grant create on schema ${schema} to ${role}`);
  const permitted = openDatabase(url.href, () => {});
  expect(await migrate(permitted, storage.clock)).toEqual(["0001-schema.sql"]);
  await permitted.close();
  await execute(`drop owned by ${role}`);
  await execute(`drop role ${role}`);
  await storage.remove();
});
