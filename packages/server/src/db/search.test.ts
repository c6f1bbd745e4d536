import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase, engines, type TestDatabase } from "../testing/test-database.ts";
import type { Queries } from "./index.ts";

describe.each(engines)("searches on %s", (engine) => {
  let storage: TestDatabase;
  beforeEach(async () => {
    storage = await createTestDatabase(engine);
  });
  afterEach(() => storage.remove());

  const permissions = (db: Queries) =>
    db.selectFrom("permissions").select("permission_id").orderBy("permission_id").execute();
  const insert = (permission_id: string) =>
    storage.database.write((trx) =>
      trx.insertInto("permissions").values({ permission_id, description: "", created_at: 1 }).execute(),
    );

  test("see what was committed before they began", async () => {
    await insert("A");
    expect(await storage.database.search("app", permissions)).toEqual([{ permission_id: "A" }]);
    await insert("B");
    expect(await storage.database.search("app", permissions)).toHaveLength(2);
  });

  test("take parameters, and give back what reads do", async () => {
    const asked = sql<{
      text: string;
      number: number;
    }>`select cast(${"naïve — 漢字"} as text) as text, cast(${2 ** 52} as bigint) as number`;
    const { rows } = await storage.database.search("app", (db) => asked.execute(db));
    expect(rows).toEqual([{ text: "naïve — 漢字", number: 2 ** 52 }]);
  });

  test("cannot write", async () => {
    const write = sql`insert into permissions (permission_id, description, created_at) values ('X', '', 1)`;
    await expect(storage.database.search("app", (db) => write.execute(db))).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/readonly database|read-only transaction/) },
    });
    expect(await permissions(storage.database.read)).toEqual([]);
  });

  test("tell what is wrong with a query, and go on", async () => {
    const wrong = sql`select 1 from nowhere`;
    await expect(storage.database.search("app", (db) => wrong.execute(db))).rejects.toThrow(/nowhere/);
    expect(await storage.database.search("app", permissions)).toEqual([]);
  });

  test("are refused inside a write transaction", async () => {
    const nested = storage.database.write(() => storage.database.search("app", permissions));
    await expect(nested).rejects.toMatchObject({ code: "nested_connection" });
  });

  // Twenty million steps: seconds of work, which would stop everything if it ran where requests are served.
  const slow = sql<{
    count: number;
  }>`with recursive n (i) as (select 1 union all select i + 1 from n where i < 20000000)
    select count(*) as count from n`;

  test("hold up no read and no write, and no search of others, however slow they are", async () => {
    let isOver = false;
    const searching = storage.database
      .search("greedy", (db) => slow.execute(db))
      .catch(() => undefined)
      .finally(() => {
        isOver = true;
      });
    await insert("A");
    expect(await permissions(storage.database.read)).toHaveLength(1);
    expect(await storage.database.search("other", permissions)).toHaveLength(1);
    expect(isOver).toBe(false);
    await searching;
  });
});

test("PostgreSQL stops what takes too long, with advice that makes no client repeat it", async () => {
  const storage = await createTestDatabase("postgres");
  const searching = storage.database.search("app", (db) => sql`select pg_sleep(60)`.execute(db));
  await expect(searching).rejects.toMatchObject({
    ...{ code: "QUERY_TOO_EXPENSIVE", status: 400 },
    message:
      "The query takes too long on a store of this size; ask for less at once, or by fewer conditions.",
  });
  await storage.remove();
});
