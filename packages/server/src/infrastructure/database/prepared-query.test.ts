import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, engines, type TestDatabase } from "../../testing/test-database.ts";
import { prepareQuery } from "./index.ts";

describe.each(engines)("a prepared read on %s", (engine) => {
  let storage: TestDatabase;
  beforeAll(async () => {
    storage = await createTestDatabase(engine);
  });
  afterAll(() => storage.remove());

  const find = () =>
    prepareQuery<{ jti: string; expires_at: number }, "jti" | "from">(storage.database, (db, parameter) =>
      db
        .selectFrom("revoked_tokens")
        .selectAll()
        .where("jti", "=", parameter<string>("jti"))
        .where("expires_at", ">=", parameter<number>("from"))
        .where("expires_at", "<", 1_000),
    );
  const deny = (jti: string, expiresAt: number) =>
    storage.database.write((trx) =>
      trx.insertInto("revoked_tokens").values({ jti, expires_at: expiresAt }).execute(),
    );

  test("takes different parameters each time and keeps its constants", async () => {
    await deny("a", 10);
    await deny("b", 20);
    await deny("c", 1_000);
    const run = find();
    expect(await run({ jti: "a", from: 0 })).toEqual([{ jti: "a", expires_at: 10 }]);
    expect(await run({ jti: "b", from: 20 })).toEqual([{ jti: "b", expires_at: 20 }]);
    expect(await run({ jti: "b", from: 21 })).toEqual([]);
    expect(await run({ jti: "c", from: 0 })).toEqual([]);
  });

  test("reads what was just committed", async () => {
    const run = find();
    expect(await run({ jti: "new", from: 0 })).toEqual([]);
    await deny("new", 5);
    expect(await run({ jti: "new", from: 0 })).toEqual([{ jti: "new", expires_at: 5 }]);
  });

  test("never interprets a value as SQL", async () => {
    const text = "' OR '1'='1";
    expect(await find()({ jti: text, from: 0 })).toEqual([]);
    await deny(text, 7);
    expect(await find()({ jti: text, from: 0 })).toEqual([{ jti: text, expires_at: 7 }]);
  });

  test("runs many at once", async () => {
    const run = find();
    const rows = await Promise.all(Array.from({ length: 100 }, () => run({ jti: "a", from: 0 })));
    expect(rows).toEqual(Array(100).fill([{ jti: "a", expires_at: 10 }]));
  });
});
