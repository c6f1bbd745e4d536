import { AsyncLocalStorage } from "node:async_hooks";
import { join } from "node:path";
import { DatabaseSync, StatementSync } from "node:sqlite";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../testing/test-database.ts";
import { prepareQuery, type Write } from "../index.ts";
import { RowCache } from "./row-cache.ts";

describe("rows that stay in memory", () => {
  let storage: TestDatabase;
  let find: (id: string) => Promise<readonly { name: string }[]>;

  beforeEach(async () => {
    storage = await createTestDatabase("sqlite");
    await run("insert into resources values ('a', 'first', 1), ('b', 'other', 1)");
    const query = prepareQuery<{ name: string }, "id">(
      storage.database,
      (db, parameter) =>
        db
          .selectFrom("resources as r")
          .leftJoin("platform as p", "p.gen", "r.created_at")
          .select("name")
          .where("r.identifier", "=", parameter<string>("id")),
      { isCached: ({ name }) => name !== "not cached" },
    );
    find = (id) => query({ id });
  });
  afterEach(() => storage.remove());

  const write = (work: (trx: Write) => Promise<unknown>) => storage.database.write(work);
  const run = (...statements: string[]) =>
    write(async (trx) => {
      for (const statement of statements) await sql.raw(statement).execute(trx);
    });
  const rename = (name: string) => run(`update resources set name = '${name}' where identifier = 'a'`);

  /** What a read returns, and whether SQLite was asked. */
  async function read(id = "a"): Promise<[name: string | undefined, from: "memory" | "database"]> {
    const all = vi.spyOn(StatementSync.prototype, "all");
    const [row] = await find(id);
    const count = all.mock.calls.length;
    all.mockRestore();
    return [row?.name, count === 0 ? "memory" : "database"];
  }

  test("are read once for each parameter", async () => {
    expect(await read("a")).toEqual(["first", "database"]);
    expect(await read("a")).toEqual(["first", "memory"]);
    expect(await read("b")).toEqual(["other", "database"]);
    expect(await read("b")).toEqual(["other", "memory"]);
  });

  test("are dropped by a commit that changes their table, and not before it", async () => {
    await read();
    const outside = AsyncLocalStorage.snapshot();
    await write(async (trx) => {
      await sql`update resources set name = 'second'`.execute(trx);
      expect(await outside(() => read())).toEqual(["first", "memory"]);
    });
    expect(await read()).toEqual(["second", "database"]);
  });

  test("are dropped by a change of a table that they are only joined with", async () => {
    await read();
    await run("insert into platform values (1, 'id', 1, 0, '', 1)");
    expect(await read()).toEqual(["first", "database"]);
  });

  test("stay after changes of other tables, and after a rollback", async () => {
    await read();
    await run("insert into revoked_tokens values ('jti', 1)", "update revoked_tokens set expires_at = 2");
    const failure = new Error("stop");
    const rolledBack = write(async (trx) => {
      await sql`update resources set name = 'never'`.execute(trx);
      throw failure;
    });
    await expect(rolledBack).rejects.toBe(failure);
    await run("delete from revoked_tokens");
    expect(await read()).toEqual(["first", "memory"]);
  });

  test.each([
    ["a change of the schema", "create index resources_by_name on resources (name)"],
    ["a pragma", "pragma user_version = 7"],
  ])("are dropped when the tables of a statement are unknown: %s", async (_, statement) => {
    await read();
    await run(statement);
    expect(await read()).toEqual(["first", "database"]);
    await run("delete from revoked_tokens");
    expect(await read()).toEqual(["first", "memory"]);
  });

  test("are dropped by a trigger, also when it is newer than the prepared statement", async () => {
    const deny = (jti: string) =>
      write((trx) => trx.insertInto("revoked_tokens").values({ jti, expires_at: 1 }).execute());
    await deny("before");
    await run(
      "create trigger rename after insert on revoked_tokens begin update resources set name = new.jti; end",
    );
    for (const name of ["second", "third"]) {
      await read();
      await deny(name);
      expect(await read()).toEqual([name, "database"]);
    }
  });

  test("are dropped by a cascade", async () => {
    await run(
      "create table parents (id text primary key)",
      "create table children (id text references parents (id) on delete cascade)",
      "insert into parents values ('a')",
      "insert into children values ('a')",
    );
    const count = prepareQuery<{ id: string }, never>(
      storage.database,
      () => ({ compile: () => sql<{ id: string }>`select id from children`.compile(storage.database.read) }),
      { isCached: () => true },
    );
    expect(await count({})).toEqual([{ id: "a" }]);
    await run("delete from parents");
    expect(await count({})).toEqual([]);
  });

  test("are dropped by the next transaction after another program has written to the file", async () => {
    await read();
    await run("delete from revoked_tokens");
    const other = new DatabaseSync(join(storage.url.slice("sqlite:".length), "latchkey.db"));
    other.exec("update resources set name = 'by hand'");
    other.close();
    await run("delete from revoked_tokens");
    expect(await read()).toEqual(["by hand", "database"]);
  });

  test("do not include empty results and rows that the query excludes", async () => {
    await rename("not cached");
    for (const [id, name] of [
      ["a", "not cached"],
      ["unknown", undefined],
    ] as const) {
      expect(await read(id)).toEqual([name, "database"]);
      expect(await read(id)).toEqual([name, "database"]);
    }
  });

  test("only the connection of transactions can write", async () => {
    const statement = sql`delete from resources`;
    const readOnly = { cause: { message: "attempt to write a readonly database" } };
    await expect(statement.execute(storage.database.read)).rejects.toMatchObject(readOnly);
    const searching = storage.database.search("key", (db) => statement.execute(db));
    await expect(searching).rejects.toMatchObject(readOnly);
  });
});

describe("the row cache", () => {
  const tables = new Set(["t"]);
  /** Wraps a read of rows with a text of `length`, and returns how often each key was read. */
  function counting(length: number) {
    const reads: Record<string, number> = {};
    const read = ([key]: readonly unknown[]) => {
      reads[String(key)] = (reads[String(key)] ?? 0) + 1;
      return [{ text: "x".repeat(length) }];
    };
    const cached = new RowCache().wrap(tables, read, () => true);
    return { reads, read: (key: number) => cached([key]) };
  }

  test("holds at most 64 MiB, and drops first what was not used for the longest time", () => {
    const { read, reads } = counting(7_000);
    for (let key = 1; key <= 10_000; key += 1) {
      read(key);
      read(1);
    }
    for (const key of [1, 2, 10_000]) read(key);
    expect([reads[1], reads[2], reads[10_000]]).toEqual([1, 2, 1]);
  });

  test("does not hold a result of more than 8 KiB", () => {
    const { read, reads } = counting(8_192);
    read(1);
    read(1);
    expect(reads[1]).toBe(2);
  });

  test("does not confuse parameters that contain separators", () => {
    const cached = new RowCache().wrap(
      tables,
      (parameters) => [{ parameters }],
      () => true,
    );
    for (const parameters of [['a","b', "c"], ["a", 'b","c'], [1], ["1"], ["a\n", "b"], ["a", "\nb"]]) {
      expect(cached(parameters)).toEqual([{ parameters }]);
    }
  });
});
