import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, engines, type TestDatabase } from "../../testing/test-database.ts";
import type { Write } from "./index.ts";
import { prepareQuery } from "./index.ts";

describe.each(engines)("inside a write on %s", (engine) => {
  let storage: TestDatabase;
  beforeAll(async () => {
    storage = await createTestDatabase(engine);
  });
  afterAll(() => storage.remove());

  const insert = (trx: Write, jti: string) =>
    trx.insertInto("revoked_tokens").values({ jti, expires_at: 1 }).execute();
  const stored = () => storage.database.read.selectFrom("revoked_tokens").select("jti").execute();

  test.each([
    ["a read", () => storage.database.read.selectFrom("platform").selectAll().execute()],
    ["another write", () => storage.database.write((trx) => insert(trx, "inner"))],
    ["a prepared read", () => preparedRead()({})],
    ["a read after a pause", () => new Promise((resolve) => setImmediate(resolve)).then(() => stored())],
    ["a write of a second level", () => storage.database.write(() => storage.database.write(async () => {}))],
  ])("%s is rejected at once, and nothing is stored", async (_, misuse) => {
    const work = storage.database.write(async (trx) => {
      await insert(trx, "outer");
      await misuse();
    });
    await expect(work).rejects.toMatchObject({
      name: "OperatorError",
      code: "nested_connection",
      message:
        "A query outside the transaction was started inside it; use the transaction of the write instead.",
    });
    expect(await stored()).toEqual([]);
  });

  const preparedRead = () =>
    prepareQuery<{ id: number }, never>(storage.database, (db) => db.selectFrom("platform").select("id"));

  test("is rejected without hanging when every connection is busy with a write", async () => {
    const writes = Array.from({ length: 12 }, (_, index) =>
      storage.database.write(async (trx) => {
        await insert(trx, `busy ${index}`);
        await storage.database.read.selectFrom("platform").selectAll().execute();
      }),
    );
    const outcomes = await Promise.allSettled(writes);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(Array(12).fill("rejected"));
    expect(await stored()).toEqual([]);
  });

  test("a query that started before the write may continue", async () => {
    const before = stored();
    await storage.database.write((trx) => insert(trx, "kept"));
    await before;
    expect(await stored()).toEqual([{ jti: "kept" }]);
    await storage.database.write((trx) => trx.deleteFrom("revoked_tokens").execute());
  });

  test("the database works after the error", async () => {
    await expect(storage.database.write(() => storage.database.write(async () => {}))).rejects.toMatchObject({
      code: "nested_connection",
    });
    await storage.database.write((trx) => insert(trx, "after"));
    expect(await stored()).toEqual([{ jti: "after" }]);
    await storage.database.write((trx) => trx.deleteFrom("revoked_tokens").execute());
  });
});

describe.each(engines)("a query that its transaction did not wait for, on %s", (engine) => {
  let storage: TestDatabase;
  beforeAll(async () => {
    storage = await createTestDatabase(engine);
  });
  afterAll(() => storage.remove());

  const insert = (trx: Write, jti: string) =>
    trx.insertInto("revoked_tokens").values({ jti, expires_at: 1 }).execute();
  const stored = () => storage.database.read.selectFrom("revoked_tokens").select("jti").execute();

  test("is not committed separately after the transaction is rolled back", async () => {
    const late: Promise<unknown>[] = [];
    const work = storage.database.write(async (trx) => {
      // One query fails while others are in progress, as in Promise.all.
      for (let turn = 0; turn < 20; turn += 1) {
        late.push(afterTurns(turn, () => insert(trx, `late ${turn}`)).catch(() => {}));
      }
      throw new Error("refused");
    });
    await expect(work).rejects.toThrow("refused");
    await Promise.all(late);
    expect(await stored()).toEqual([]);
  });

  test("is rejected after the commit", async () => {
    let late: (() => Promise<unknown>) | undefined;
    await storage.database.write(async (trx) => {
      await insert(trx, "in time");
      late = () => insert(trx, "late");
    });
    await expect(late?.()).rejects.toThrow(/committed/i);
    expect(await stored()).toEqual([{ jti: "in time" }]);
  });
});

async function afterTurns(turns: number, work: () => Promise<unknown>): Promise<unknown> {
  for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
  return await work();
}
