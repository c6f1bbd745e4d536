import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { engines, type TestDatabase } from "../../../testing/test-database.ts";
import { createDeliveryDatabase, insertDeliveryRow } from "../testing/delivery-rows.ts";
import { hasBlockedDeliveries, liftInstallBarrier, unblockDeliveries } from "./install-barrier.queries.ts";

describe.each(engines)("the install barrier on %s", (engine) => {
  let storage: TestDatabase;
  beforeEach(async () => {
    storage = await createDeliveryDatabase(engine);
    const { database } = storage;
    await insertDeliveryRow(database, { delivery_id: "installed", blocks_until_attempted: 1 });
    await insertDeliveryRow(database, { delivery_id: "blocked", webhook_id: "other", status: "blocked" });
  });
  afterEach(() => storage.remove());

  const status = async () => {
    const rows = await storage.database.read.selectFrom("deliveries").selectAll().execute();
    const { next_attempt_at, status } = rows.find((row) => row.delivery_id === "blocked") ?? {};
    return [status, next_attempt_at];
  };
  const unblock = (now: number) => storage.database.write((trx) => unblockDeliveries(trx, now));

  test("blocks the deliveries of an instance while its AppInstalled is not attempted", async () => {
    expect(await unblock(5)).toBe(false);
    expect(await status()).toEqual(["blocked", 1]);
    expect(await hasBlockedDeliveries(storage.database.read)).toBe(true);
  });

  test("does not block the deliveries of another instance", async () => {
    const row = { delivery_id: "elsewhere", instance_id: "elsewhere", status: "blocked" } as const;
    await insertDeliveryRow(storage.database, row);
    expect(await unblock(5)).toBe(true);
    expect(await status()).toEqual(["blocked", 1]);
  });

  test("is lifted for a webhook, which makes the blocked deliveries due", async () => {
    await storage.database.write((trx) => liftInstallBarrier(trx, "webhook"));
    expect(await unblock(5)).toBe(true);
    expect(await status()).toEqual(["pending", 5]);
    expect(await hasBlockedDeliveries(storage.database.read)).toBe(false);
  });

  test("stays when it is lifted for another webhook", async () => {
    await storage.database.write((trx) => liftInstallBarrier(trx, "other"));
    expect(await unblock(5)).toBe(false);
  });
});
