import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { engines, type TestDatabase } from "../../../testing/test-database.ts";
import { claimAndLease, createDeliveryDatabase, insertDeliveryRows } from "../testing/delivery-rows.ts";

const now = 1_767_323_045_678;

describe.each(engines)("sites of a webhook (FR-A8) on %s", (engine) => {
  let storage: TestDatabase;
  let lastInstance: string;
  beforeEach(async () => {
    storage = await createDeliveryDatabase(engine);
    lastInstance = "";
  });
  afterEach(() => storage.remove());

  const insert = (instance_id: string | null, count: number, row: object = {}) =>
    insertDeliveryRows(
      storage.database,
      Array.from({ length: count }, (_, index) => ({
        ...{ delivery_id: `${instance_id} ${index}`, instance_id, sequence: index, ...row },
      })),
    );
  /** Claims for the next instances. @returns how many deliveries of each instance it claims */
  const claim = async (limit: number): Promise<Record<string, number>> => {
    const request = { webhookId: "webhook", limit, now, after: lastInstance };
    const claimed = await storage.database.write((trx) => claimAndLease(trx, request));
    ({ lastInstance } = claimed);
    const byInstance = Map.groupBy(claimed.deliveries, (delivery) => String(delivery.instance_id));
    return Object.fromEntries(Array.from(byInstance, ([id, { length }]) => [id, length]));
  };

  test("a delivery of one site is claimed at once, beside 10,000 earlier ones of another", async () => {
    await insert("a", 10_000);
    await insert("b", 1, { next_attempt_at: now });
    expect(await claim(16)).toEqual({ a: 15, b: 1 });
  });

  test("with one slot, sites take turns", async () => {
    await insert("a", 10_000);
    await insert("b", 2, { next_attempt_at: now });
    expect([await claim(1), await claim(1)]).toEqual([{ a: 1 }, { b: 1 }]);
  });

  test("bursts of two sites get equal shares", async () => {
    await insert("a", 100);
    await insert("b", 100, { next_attempt_at: now });
    expect(await claim(16)).toEqual({ a: 8, b: 8 });
  });

  test("more sites than slots take turns", async () => {
    for (const site of ["a", "b", "c", "d", "e"]) await insert(site, 100);
    expect([await claim(4), await claim(4)]).toEqual([{ a: 1, b: 1, c: 1, d: 1 }, { e: 4 }]);
  });

  test("sites whose retries are not due yet do not keep others from their turn", async () => {
    await insert("a", 100);
    for (let index = 0; index < 300; index += 1) {
      await insert(`b${index}`, 1, { next_attempt_at: now + 1 });
    }
    await insert("c", 1, { next_attempt_at: now });
    expect([await claim(4), await claim(4)]).toEqual([{ a: 4 }, { a: 3, c: 1 }]);
  });

  test("tests of the webhook, which belong to no site, take a turn", async () => {
    await insert("a", 100);
    await insert(null, 1, { next_attempt_at: now });
    expect(await claim(2)).toEqual({ a: 1, null: 1 });
  });

  test("of a site whose deliveries are ordered, the next one is claimed", async () => {
    await insert("a", 100);
    await insert("b", 10, { next_attempt_at: now, ordered: 1 });
    expect([await claim(4), await claim(4)]).toEqual([{ a: 3, b: 1 }, { a: 4 }]);
  });
});

test("two processes on PostgreSQL claim no delivery twice, and leave none", async () => {
  const storage = await createDeliveryDatabase("postgres");
  const rows = Array.from({ length: 400 }, (_, index) => ({
    ...{ delivery_id: String(index), instance_id: index < 300 ? "burst" : `quiet ${index % 10}` },
  }));
  await insertDeliveryRows(storage.database, rows);
  const process = async (): Promise<string[]> => {
    const ids: string[] = [];
    for (let after = "", empty = 0; empty < 3; ) {
      const request = { webhookId: "webhook", limit: 16, now, after };
      const claimed = await storage.database.write((trx) => claimAndLease(trx, request));
      after = claimed.lastInstance;
      if (claimed.deliveries.length === 0) empty += 1;
      ids.push(...claimed.deliveries.map((delivery) => delivery.delivery_id));
    }
    return ids;
  };
  const claimed = (await Promise.all([process(), process(), process()])).flat();
  expect(claimed.sort()).toEqual(rows.map((row) => row.delivery_id).sort());
  await storage.remove();
});
