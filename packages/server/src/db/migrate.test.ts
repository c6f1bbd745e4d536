import { readdirSync } from "node:fs";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase, engines, type TestDatabase } from "../testing/test-database.ts";
import { migrate, openDatabase } from "./index.ts";

const files = readdirSync(new URL("../../migrations/", import.meta.url)).sort();

describe.each(engines)("migrations on %s", (engine) => {
  let storage: TestDatabase;
  beforeEach(async () => {
    storage = await createTestDatabase(engine, { migrated: false });
  });
  afterEach(() => storage.remove());

  const run = () => migrate(storage.database, storage.clock);
  const applied = async () => {
    const { rows } = await sql<{ number: number; name: string; applied_at: number }>`
      select number, name, applied_at from migrations order by number`.execute(storage.database.read);
    return rows;
  };
  const execute = (statement: string) => storage.database.write((trx) => sql.raw(statement).execute(trx));
  const hasTable = async (name: string): Promise<boolean> =>
    await sql
      .raw(`select 1 from ${name}`)
      .execute(storage.database.read)
      .then(
        () => true,
        () => false,
      );

  test("are applied in order, each once, and noted", async () => {
    expect(await run()).toEqual(files);
    expect(await applied()).toEqual(
      files.map((name) => ({ number: Number(name.slice(0, 4)), name, applied_at: 1_767_323_045_678 })),
    );
    await storage.clock.advance(1_000);
    expect(await run()).toEqual([]);
    expect(await applied()).toHaveLength(files.length);
  });

  test("go on from where an older version stopped", async () => {
    await run();
    await execute("alter table api_keys drop column resource");
    await execute("drop table resources");
    await execute("drop index scope_permissions_by_scope");
    await execute("drop table collections");
    await execute("drop table variants");
    await execute("drop table product_options");
    await execute("drop table product_collections");
    await execute("drop table product_numbers");
    await execute("drop table products");
    const later = ["delivery_attempts", "deliveries", "instance_streams", "entity_sequences", "backfills"];
    const newest = ["extensions", "service_plugin_types", "service_plugin_calls", "site_members", "roles"];
    for (const table of [...newest, ...later, "webhooks", "event_types"])
      await execute(`drop table ${table}`);
    await execute("drop index events_by_fan_out");
    await execute("drop index events_by_site_and_fan_out");
    await execute("create index events_by_fan_out on events (fanned_at, event_id)");
    await execute("alter table events drop column fan_position");
    await execute("alter table events drop column identity");
    await execute("delete from migrations where number >= 2");
    expect(await run()).toEqual(files.slice(1));
    expect(await hasTable("products")).toBe(true);
  });

  test("give the stores of an older version the collection of all products", async () => {
    await run();
    await execute("drop table collections");
    await execute("delete from migrations where number = 3");
    await execute(`insert into sites (site_id, name, locale, currency, created_at, updated_at, deleted_at)
      values ('old', 'Old', 'en', 'USD', 1, 1, null), ('gone', 'Gone', 'en', 'USD', 1, 1, 1)`);
    expect(await run()).toEqual(["0003-collections.sql"]);
    const rows = await storage.database.read.selectFrom("collections").selectAll().execute();
    const { document, ...columns } = rows[0] ?? { document: "{}" };
    expect([rows.length, columns]).toEqual([
      1,
      {
        site_id: "old",
        collection_id: "00000000-000000-000000-000000000001",
        name: "All Products",
        name_folded: "all products",
        slug: "all-products",
      },
    ]);
    expect(JSON.parse(document)).toEqual({
      id: "00000000-000000-000000-000000000001",
      name: "All Products",
      media: { items: [] },
      description: "",
      slug: "all-products",
      visible: true,
    });
  });

  test("give the products of an older version rows for their variants", async () => {
    await run();
    await execute("drop table variants");
    await execute("delete from migrations where number = 5");
    await execute(`insert into sites (site_id, name, locale, currency, created_at, updated_at)
      values ('old', 'Old', 'en', 'USD', 1, 1)`);
    await execute(`insert into products values
      ('old', 'p1', 1, 0, 5, 1, 1, 'physical', 'IN_STOCK', 'Mug', 'mug', 'mug', 'mug', 'M', 'm', '', '',
        '{"manageVariants":false}'),
      ('old', 'p2', 2, 1, 5, 1, 1, 'physical', 'IN_STOCK', 'A', 'a', 'a', 'a', '', '', '', '',
        '{"manageVariants":true}')`);
    expect(await run()).toEqual(["0005-variants.sql"]);
    expect(await storage.database.read.selectFrom("variants").selectAll().execute()).toEqual([
      {
        site_id: "old",
        store_variant_id: "p1-00000000-0000-0000-0000-000000000000",
        product_id: "p1",
        variant_id: "00000000-0000-0000-0000-000000000000",
        visible: 0,
        product_name: "Mug",
        product_name_folded: "mug",
        sku: "M",
        sku_folded: "m",
        document: '{"productId":"p1","variantId":"00000000-0000-0000-0000-000000000000"}',
      },
    ]);
  });

  test("of a newer version are left alone", async () => {
    await run();
    await execute("insert into migrations values (9999, '9999-later.sql', 'abc', 1)");
    await execute("alter table sites add column from_the_future text");
    expect(await run()).toEqual([]);
  });

  test("that were edited after they were applied stop the start", async () => {
    await run();
    await execute("update migrations set sha256 = 'another' where number = 1");
    await expect(run()).rejects.toMatchObject({
      code: "migration_changed",
      message: "A migration that was applied to this database has since been edited. 0001-platform.sql",
    });
  });

  test("that fail leave nothing behind, not even those before them", async () => {
    await execute("create table products (in_the_way text)");
    await expect(run()).rejects.toMatchObject({
      code: "migration_failed",
      message: "A migration could not be applied; nothing of it was kept. 0002-products.sql",
      cause: expect.objectContaining({ message: expect.stringContaining("products") }),
    });
    expect(await hasTable("platform")).toBe(false);
    expect(await hasTable("migrations")).toBe(false);
    await execute("drop table products");
    expect(await run()).toEqual(files);
  });

  test("are numbered without a gap or a number given twice", () => {
    expect(files.map((name) => Number(name.slice(0, 4)))).toEqual(files.map((_, index) => index + 1));
  });
});

describe("on postgres", () => {
  test("processes that start at once migrate one after another", async () => {
    const storage = await createTestDatabase("postgres", { migrated: false });
    const others = Array.from({ length: 3 }, () => openDatabase(storage.url, () => {}));
    const outcomes = await Promise.all(
      [storage.database, ...others].map((database) => migrate(database, storage.clock)),
    );
    expect(outcomes.filter((names) => names.length > 0)).toEqual([files]);
    await Promise.all(others.map((database) => database.close()));
    await storage.remove();
  });

  test("a process waits for the lock that another one holds", async () => {
    const storage = await createTestDatabase("postgres", { migrated: false });
    const other = openDatabase(storage.url, () => {});
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    const { promise: locked, resolve: tell } = Promise.withResolvers<void>();
    const holder = other.write(async (trx) => {
      await sql`select pg_advisory_xact_lock(6172304117)`.execute(trx);
      tell();
      await mayEnd;
    });
    await locked;
    let migrated = false;
    const waiting = migrate(storage.database, storage.clock).then(() => {
      migrated = true;
    });
    const waits = sql`select 1 from pg_locks where locktype = 'advisory' and not granted`;
    while ((await waits.execute(other.read)).rows.length === 0);
    expect(migrated).toBe(false);
    end();
    await holder;
    await waiting;
    await other.close();
    await storage.remove();
  });

  test("no time limit ends a migration, nor the wait for another process that migrates", async () => {
    const storage = await createTestDatabase("postgres", { migrated: false });
    const hurried = openDatabase(`${storage.url}&statement_timeout=200&query_timeout=200`, () => {});
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    const { promise: locked, resolve: tell } = Promise.withResolvers<void>();
    const holder = storage.database.write(async (trx) => {
      await sql`select pg_advisory_xact_lock(6172304117)`.execute(trx);
      tell();
      await mayEnd;
    });
    await locked;
    let outcome: unknown;
    const migrating = migrate(hurried, storage.clock).then(
      (names) => {
        outcome = names;
      },
      (error: unknown) => {
        outcome = error;
      },
    );
    const waitsForLong = sql`select 1 from pg_locks where locktype = 'advisory' and not granted
      and waitstart < clock_timestamp() - interval '1 second'`;
    while (outcome === undefined && (await waitsForLong.execute(storage.database.read)).rows.length === 0);
    end();
    await holder;
    await migrating;
    expect(outcome).toEqual(files);
    // Everything else is still bounded.
    await expect(hurried.write((trx) => sql`select pg_sleep(60)`.execute(trx))).rejects.toThrow();
    await hurried.close();
    await storage.remove();
  });
});
