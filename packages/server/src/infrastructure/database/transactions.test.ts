import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase, engines, type TestDatabase } from "../../testing/test-database.ts";
import { openDatabase, type Write } from "./index.ts";

describe.each(engines)("a write on %s", (engine) => {
  let storage: TestDatabase;
  beforeAll(async () => {
    storage = await createTestDatabase(engine);
  });
  beforeEach(() => storage.database.write((trx) => trx.deleteFrom("sites").execute()));
  afterAll(() => storage.remove());

  const insert = (trx: Write, id: string, externalId: string | null = null) =>
    trx
      .insertInto("sites")
      .values({
        ...{ site_id: id, external_id: externalId, name: "Site", locale: "en", currency: "USD", url: null },
        ...{ created_at: 1, updated_at: 2, deleted_at: null },
      })
      .execute();
  const ids = async () => {
    const rows = await storage.database.read
      .selectFrom("sites")
      .select("site_id")
      .orderBy("site_id")
      .execute();
    return rows.map((row) => row.site_id);
  };

  test("is stored as a whole, and seen by the next read", async () => {
    const response = await storage.database.write(async (trx) => {
      await insert(trx, "a");
      await insert(trx, "b");
      return "done";
    });
    expect(response).toBe("done");
    expect(await ids()).toEqual(["a", "b"]);
  });

  test("is not seen before it ends", async () => {
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    const { promise: inserted, resolve: tell } = Promise.withResolvers<void>();
    const write = storage.database.write(async (trx) => {
      await insert(trx, "a");
      tell();
      await mayEnd;
    });
    await inserted;
    expect(await ids()).toEqual([]);
    end();
    await write;
    expect(await ids()).toEqual(["a"]);
  });

  test("sees its own changes", async () => {
    await storage.database.write(async (trx) => {
      await insert(trx, "a");
      expect(await trx.selectFrom("sites").select("site_id").execute()).toEqual([{ site_id: "a" }]);
    });
  });

  test("that throws is rolled back, and rejects with the same error", async () => {
    const error = new Error("changed my mind");
    const work = storage.database.write(async (trx) => {
      await insert(trx, "a");
      throw error;
    });
    await expect(work).rejects.toBe(error);
    expect(await ids()).toEqual([]);
  });

  test("that violates a unique key is rolled back, and the database works afterwards", async () => {
    const work = storage.database.write(async (trx) => {
      await insert(trx, "a", "taken");
      await insert(trx, "b", "taken");
    });
    await expect(work).rejects.toMatchObject({ name: "UniqueViolation" });
    await storage.database.write((trx) => insert(trx, "c", "taken"));
    expect(await ids()).toEqual(["c"]);
  });

  test("with an invalid query is rolled back, and the database works afterwards", async () => {
    const work = storage.database.write(async (trx) => {
      await insert(trx, "a");
      await sql`select no_such_column from sites`.execute(trx);
    });
    await expect(work).rejects.toThrow("no_such_column");
    await storage.database.write((trx) => insert(trx, "b"));
    expect(await ids()).toEqual(["b"]);
  });

  test("fifty at once are all stored", async () => {
    const names = Array.from({ length: 50 }, (_, index) => `site ${String(index).padStart(2, "0")}`);
    await Promise.all(names.map((name) => storage.database.write((trx) => insert(trx, name))));
    expect(await ids()).toEqual(names);
  });

  test("fifty at once, every second of which throws, store the others only", async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) =>
        storage.database.write(async (trx) => {
          await insert(trx, `site ${String(index).padStart(2, "0")}`);
          if (index % 2 === 1) throw new Error("odd");
        }),
      ),
    );
    expect(outcomes.filter((outcome) => outcome.status === "rejected")).toHaveLength(25);
    expect(await ids()).toHaveLength(25);
  });

  test("concurrent increments are all counted", async () => {
    await storage.database.write((trx) => insert(trx, "counter"));
    await Promise.all(
      Array.from({ length: 40 }, () =>
        storage.database.write((trx) =>
          trx
            .updateTable("sites")
            .set((eb) => ({ updated_at: eb("updated_at", "+", 1) }))
            .execute(),
        ),
      ),
    );
    const row = await storage.database.read.selectFrom("sites").select("updated_at").executeTakeFirst();
    expect(row?.updated_at).toBe(42);
  });

  test("rows locked for update are read and changed one after another", async () => {
    await storage.database.write((trx) => insert(trx, "locked"));
    await Promise.all(
      Array.from({ length: 20 }, () =>
        storage.database.write(async (trx) => {
          const row = await trx
            .selectFrom("sites")
            .select("updated_at")
            .forUpdate()
            .executeTakeFirstOrThrow();
          await trx
            .updateTable("sites")
            .set({ updated_at: row.updated_at + 1 })
            .execute();
        }),
      ),
    );
    const row = await storage.database.read.selectFrom("sites").select("updated_at").executeTakeFirst();
    expect(row?.updated_at).toBe(22);
  });

  test("times and counters are read as numbers, text unchanged, missing values as null", async () => {
    const text = "naïve — 漢字 '\"; DROP TABLE sites; --";
    await storage.database.write((trx) => insert(trx, text));
    await storage.database.write((trx) =>
      trx.updateTable("sites").set({ created_at: 8_640_000_000_000_000 }).execute(),
    );
    const row = await storage.database.read.selectFrom("sites").selectAll().executeTakeFirst();
    expect(row).toEqual({
      ...{ site_id: text, external_id: null, name: "Site", locale: "en", currency: "USD", url: null },
      ...{ created_at: 8_640_000_000_000_000, updated_at: 2, deleted_at: null },
    });
  });
});

describe("a write on sqlite", () => {
  test("waits for the previous write, and reads do not wait", async () => {
    const storage = await createTestDatabase("sqlite");
    const steps: string[] = [];
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    const first = storage.database.write(async () => {
      steps.push("first begins");
      await mayEnd;
      steps.push("first ends");
    });
    const second = storage.database.write(async () => void steps.push("second begins"));
    await storage.database.read.selectFrom("sites").selectAll().execute();
    steps.push("read");
    end();
    await Promise.all([first, second]);
    expect(steps).toEqual(["first begins", "read", "first ends", "second begins"]);
    await storage.remove();
  });
});

test.each(["mysql://localhost/x", "", "/var/lib/latchkey", "SQLITE:x"])("opens no database at %j", (url) => {
  expect(() => openDatabase(url, () => {})).toThrow(
    new TypeError("A database URL begins with postgres:// or sqlite:."),
  );
});

test("FR-B8: a write that PostgreSQL ends to resolve a deadlock runs again, and both writes are stored", async () => {
  const storage = await createTestDatabase("postgres");
  await sql`create table pairs (id text primary key, count integer not null)`.execute(storage.database.read);
  await sql`insert into pairs values ('a', 0), ('b', 0)`.execute(storage.database.read);
  const runs = { forwards: 0, backwards: 0 };
  const { promise: bothStarted, resolve: bothStart } = Promise.withResolvers<void>();
  const started = new Set<string>();
  const increment = (trx: Write, id: string) =>
    sql`update pairs set count = count + 1 where id = ${id}`.execute(trx);
  const write = (direction: keyof typeof runs, [first, second]: readonly [string, string]) =>
    storage.database.write(async (trx) => {
      runs[direction] += 1;
      await increment(trx, first);
      started.add(direction);
      if (started.size === 2) bothStart();
      await bothStarted;
      await increment(trx, second);
    });
  await Promise.all([write("forwards", ["a", "b"]), write("backwards", ["b", "a"])]);
  // Both may be ended once, when the machine is busy.
  expect(runs.forwards + runs.backwards).toBeGreaterThanOrEqual(3);
  const { rows } = await sql`select id, count from pairs order by id`.execute(storage.database.read);
  expect(rows).toEqual([
    { id: "a", count: 2 },
    { id: "b", count: 2 },
  ]);
  await storage.remove();
});
