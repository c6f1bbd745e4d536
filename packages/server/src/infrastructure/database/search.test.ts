import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase, engines, type TestDatabase } from "../../testing/test-database.ts";
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

  test("take parameters and return the same as reads", async () => {
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

  test("report an invalid query and continue", async () => {
    const wrong = sql`select 1 from nowhere`;
    await expect(storage.database.search("app", (db) => wrong.execute(db))).rejects.toThrow(/nowhere/);
    expect(await storage.database.search("app", permissions)).toEqual([]);
  });

  test("are rejected inside a write transaction", async () => {
    const nested = storage.database.write(() => storage.database.search("app", permissions));
    await expect(nested).rejects.toMatchObject({ code: "nested_connection" });
  });

  const endless = (db: Queries) =>
    (engine === "sqlite"
      ? sql`with recursive n (i) as (select 1 union all select i + 1 from n) select count(*) from n`
      : sql`select pg_sleep(600)`
    ).execute(db);

  test("FR-A3: end after 5 seconds with an error that clients do not retry, and the next one runs", async () => {
    await expect(storage.database.search("app", endless)).rejects.toMatchObject({
      ...{ code: "QUERY_TOO_EXPENSIVE", status: 400 },
      message:
        "The query takes too long on a site of this size; request fewer items, or use fewer conditions.",
    });
    expect(await storage.database.search("app", permissions)).toEqual([]);
  });

  test("FR-A3: of two apps that never end delay no read, no write and no search of a third app", async () => {
    const greedy = [1, 2, 3].flatMap(() => ["a", "b"]);
    const searching = greedy.map((key) => storage.database.search(key, endless).catch(({ code }) => code));
    await insert("A");
    expect(await permissions(storage.database.read)).toHaveLength(1);
    expect(await storage.database.search("third", permissions)).toHaveLength(1);
    expect(await Promise.all(searching)).toEqual(greedy.map(() => "QUERY_TOO_EXPENSIVE"));
  });

  test("FR-A3: are stopped when the client disconnects, before the time limit", async () => {
    const client = new AbortController();
    const ended: unknown[] = [];
    const note = ({ code }: { code: string }) => ended.push(code);
    const patient = storage.database.search("patient", endless).catch(note);
    const leaving = storage.database.search("leaving", endless, client.signal).catch(note);
    // Searches of an app start in order, so both are running when this one ends.
    await storage.database.search("leaving", permissions);
    client.abort();
    await Promise.all([patient, leaving]);
    expect(ended).toEqual(["CLIENT_LEFT", "QUERY_TOO_EXPENSIVE"]);
  });

  test("never begin when the client has disconnected", async () => {
    let began = false;
    const work = async () => {
      began = true;
    };
    await expect(storage.database.search("app", work, AbortSignal.abort())).rejects.toMatchObject({
      ...{ code: "CLIENT_LEFT", status: 408 },
      message: "The client disconnected before the response was sent.",
    });
    expect(began).toBe(false);
  });
});
