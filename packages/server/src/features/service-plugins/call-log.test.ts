import { afterEach, beforeEach, expect, test } from "vitest";
import type { Database } from "../../infrastructure/database/index.ts";
import { createLog } from "../../infrastructure/observability/index.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { type CallLog, createCallLog } from "./call-log.ts";
import { listCalls } from "./calls.queries.ts";

let storage: TestDatabase;
beforeEach(async () => {
  storage = await createTestDatabase("sqlite");
});
afterEach(() => storage.remove());

const logOn = (database: Database) =>
  createCallLog({ clock: storage.clock, database, log: createLog("silent") });
const callId = (index: number) => `00000000-0000-7000-8000-${String(index).padStart(12, "0")}`;
function add(log: CallLog, from: number, to: number): void {
  for (let index = from; index < to; index += 1)
    log.add({
      ...{ callId: callId(index), requestId: "r", appId: "a", instanceId: "i", siteId: "s" },
      ...{ componentType: "ECOM_SHIPPING_RATES", method: "getShippingRates", outcome: "ANSWERED" },
      ...{ status: 200, detail: null, startedAt: 1, durationMs: 2 },
    });
}
async function stored(): Promise<string[]> {
  const rows = await listCalls(storage.database.read, { after: "", limit: 20_000 });
  return rows.map((row) => row.call_id).reverse();
}
const ids = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => callId(from + index));

test("calls are stored a moment after they were made", async () => {
  const log = logOn(storage.database);
  add(log, 0, 3);
  expect(await stored()).toEqual([]);
  await log.stop();
  expect(await stored()).toEqual(ids(0, 3));
});

test("what could not be stored is stored by the next turn, once", async () => {
  let failures = 1;
  const log = logOn({
    ...storage.database,
    writeRelaxed: async (work) => {
      const result = await storage.database.writeRelaxed(work);
      // Stored, but the word of it was lost.
      if (failures-- > 0) throw new Error("connection lost");
      return result;
    },
  });
  add(log, 0, 3);
  await expect(log.flush()).rejects.toThrow("connection lost");
  add(log, 3, 4);
  await log.flush();
  expect(await stored()).toEqual(ids(0, 4));
});

test("when too many wait only the oldest are forgotten, and none that came while others were being stored", async () => {
  const storing = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const log = logOn({
    ...storage.database,
    writeRelaxed: async (work) => {
      storing.resolve();
      await held.promise;
      return await storage.database.writeRelaxed(work);
    },
  });
  add(log, 0, 10_000);
  const flushed = log.flush();
  await storing.promise;
  add(log, 10_000, 10_600);
  held.resolve();
  await flushed;
  // 500 were on their way, so that 100 of the others were too many.
  expect(await stored()).toEqual([...ids(0, 500), ...ids(600, 10_600)]);
});
