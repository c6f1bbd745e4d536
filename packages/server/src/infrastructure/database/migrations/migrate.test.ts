import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createTestDatabase, engines, type TestDatabase } from "../../../testing/test-database.ts";
import { type Database, migrate, openDatabase } from "../index.ts";
import { applyMigration, withMigrationLock } from "./apply-migration.ts";

const migrations = join(import.meta.dirname, "../../../../migrations");
const files = readdirSync(migrations).sort();

/** A directory with the migrations of this package and others, until the test ends. */
function directoryOf(others: Record<string, string>, change = (text: string): string => text): string {
  const directory = mkdtempSync(join(tmpdir(), "latchkey-migrations-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const own = files.map((name) => [name, readFileSync(join(migrations, name), "utf8")] as const);
  for (const [name, text] of [...own, ...Object.entries(others)]) {
    writeFileSync(join(directory, name), change(text));
  }
  return directory;
}

describe.each(engines)("migrations on %s", (engine) => {
  let storage: TestDatabase;
  beforeEach(async () => {
    storage = await createTestDatabase(engine, { migrated: false });
  });
  afterEach(() => storage.remove());

  const run = (directory?: string) =>
    migrate(storage.database, storage.clock, directory === undefined ? {} : { directory });
  const applied = async () => {
    const { rows } = await sql<{ resource: string; name: string; applied_at: number }>`
      select resource, name, applied_at from migrations order by name`.execute(storage.database.read);
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

  test("are applied in order, each once, and recorded", async () => {
    expect(await run()).toEqual(files);
    expect(await applied()).toEqual(
      files.map((name) => ({ resource: "platform", name, applied_at: 1_767_323_045_678 })),
    );
    await storage.clock.advance(1_000);
    expect(await run()).toEqual([]);
    expect(await applied()).toHaveLength(files.length);
  });

  test("continue after those of an older version", async () => {
    await run();
    const newer = directoryOf({ "0002-more.sql": "CREATE TABLE more (id TEXT);" });
    expect(await run(newer)).toEqual(["0002-more.sql"]);
    expect(await hasTable("more")).toBe(true);
    expect(await run(newer)).toEqual([]);
  });

  test.each([
    ["LF", "CRLF"],
    ["CRLF", "LF"],
  ] as const)("FR-E7: a database made by a checkout with %s opens in one with %s", async (first, second) => {
    const directories = {
      LF: directoryOf({}),
      CRLF: directoryOf({}, (text) => text.replaceAll("\n", "\r\n")),
    };
    expect(await run(directories[first])).toEqual(files);
    expect(await run(directories[second])).toEqual([]);
  });

  test("of a newer version are ignored", async () => {
    await run();
    await execute("insert into migrations values ('platform', '9999-later.sql', 'abc', 1)");
    await execute("alter table sites add column from_the_future text");
    expect(await run()).toEqual([]);
  });

  test.each([
    ["with numbers", "number integer primary key", "1"],
    ["with names of resources", "resource text", "'platform'"],
  ])("of a version before the first release, %s, stop the start with advice", async (...row) => {
    const [, column, value] = row;
    await execute(`create table migrations (${column}, name text, sha256 text, applied_at bigint)`);
    await execute(`insert into migrations values (${value}, '0001-schema.sql', 'another', 1)`);
    await expect(run()).rejects.toMatchObject({
      code: "unreleased_database",
      message:
        "A version of Latchkey before the first release created this database; its tables cannot be upgraded. " +
        "Run npm start -- --reset: it moves the database of the data directory aside, deletes nothing, and starts " +
        "with an empty one. With PostgreSQL, use an empty database or schema.",
    });
  });

  test("that were edited after they were applied stop the start", async () => {
    await run(directoryOf({ "0002-more.sql": "CREATE TABLE more (id TEXT);" }));
    const edited = directoryOf({ "0002-more.sql": "CREATE TABLE more (id TEXT, name TEXT);" });
    await expect(run(edited)).rejects.toMatchObject({
      code: "migration_changed",
      message: "A migration that was applied to this database has since been edited. 0002-more.sql",
    });
  });

  test("that fail are rolled back, and earlier ones stay applied", async () => {
    const failing = directoryOf({
      "0002-more.sql": "CREATE TABLE more (id TEXT);",
      "0003-most.sql": "CREATE TABLE most (id TEXT);\nCREATE TABLE apps (id TEXT);",
    });
    await expect(run(failing)).rejects.toMatchObject({
      code: "migration_failed",
      message:
        "A migration could not be applied; it was rolled back. 0003-most.sql: CREATE TABLE apps (id TEXT)",
      cause: expect.objectContaining({ message: expect.stringContaining("apps") }),
    });
    expect([await hasTable("platform"), await hasTable("more"), await hasTable("most")]).toEqual([
      true,
      true,
      false,
    ]);
    expect(await run(directoryOf({ "0002-more.sql": "CREATE TABLE more (id TEXT);" }))).toEqual([]);
  });

  test("are numbered without gaps or duplicates", () => {
    expect(files.map((name) => Number(name.slice(0, 4)))).toEqual(files.map((_, index) => index + 1));
  });
});

/** Starts a transaction that has read apps. Returns a function that ends it. */
async function startReader(database: Database): Promise<() => Promise<void>> {
  const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
  const { promise: reading, resolve: hasRead } = Promise.withResolvers<void>();
  const reader = database.write(async (trx) => {
    await sql`select count(*) from apps`.execute(trx);
    hasRead();
    await mayEnd;
  });
  await reading;
  return async () => {
    end();
    await reader;
  };
}

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

  test("FR-B4: a migration that waits for a lock does not block writes, and is applied later", async () => {
    const storage = await createTestDatabase("postgres");
    const other = openDatabase(storage.url, () => {});
    const endReader = await startReader(other);
    let ended = false;
    const directory = directoryOf({ "0002-more.sql": "ALTER TABLE apps ADD COLUMN more TEXT;" });
    const migrating = migrate(storage.database, storage.clock, { directory }).finally(() => {
      ended = true;
    });
    const waits = sql`select 1 from pg_locks where relation = 'apps'::regclass and not granted`;
    await expect.poll(async () => (await waits.execute(other.read)).rows.length, { timeout: 60_000 }).toBe(1);
    await other.write((trx) => sql`delete from apps where app_id = 'none'`.execute(trx));
    expect(ended).toBe(false);
    await endReader();
    expect(await migrating).toEqual(["0002-more.sql"]);
    await other.close();
    await storage.remove();
  });

  test("FR-B4: a migration fails with migration_blocked when the lock is never released", async () => {
    const storage = await createTestDatabase("postgres");
    const other = openDatabase(storage.url, () => {});
    const endReader = await startReader(other);
    const migration = { name: "0002-more.sql", sql: "ALTER TABLE apps ADD COLUMN more TEXT;" };
    const reported: string[] = [];
    const applying = withMigrationLock(
      storage.database,
      (trx) =>
        applyMigration(trx, migration, {
          engine: "postgres",
          owner: "platform",
          label: migration.name,
          now: 0,
        }),
      { attempts: 2, report: (text) => reported.push(text) },
    );
    await expect(applying).rejects.toMatchObject({
      code: "migration_blocked",
      message:
        "A migration waits for a lock that another session of the database holds; it was rolled back. " +
        "0002-more.sql: ALTER TABLE apps ADD COLUMN more TEXT",
    });
    expect(reported).toEqual([expect.stringMatching(/^A migration waits for a lock .*Attempt 1 of 2\.$/)]);
    await endReader();
    await other.close();
    await storage.remove();
  });

  test("no timeout ends a migration or the wait for another process that migrates", async () => {
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
    // Other queries still have timeouts.
    await expect(hurried.write((trx) => sql`select pg_sleep(60)`.execute(trx))).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    await hurried.close();
    await storage.remove();
  });
});
