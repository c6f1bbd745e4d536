import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Database, ServicePluginCallsTable } from "../../infrastructure/database/index.ts";
import { createLog } from "../../infrastructure/observability/index.ts";
import { createTestDatabase, engines, type TestDatabase } from "../../testing/test-database.ts";
import { CallHistory } from "./call-history.ts";
import { listCalls } from "./calls.queries.ts";

let storage: TestDatabase;
beforeEach(async () => {
  storage = await createTestDatabase("sqlite");
});
afterEach(() => storage.remove());

const historyOn = (database: Database) =>
  new CallHistory({ clock: storage.clock, database, log: createLog("silent") });
const callId = (index: number) => `00000000-0000-7000-8000-${String(index).padStart(12, "0")}`;
function add(history: CallHistory, from: number, to: number): void {
  for (let index = from; index < to; index += 1)
    history.add({
      ...{ call_id: callId(index), request_id: "r", app_id: "a", instance_id: "i", site_id: "s" },
      ...{ component_type: "ECOM_SHIPPING_RATES", method: "getShippingRates", outcome: "ANSWERED" },
      ...{ status: 200, detail: null, started_at: 1, duration_ms: 2 },
    });
}
async function stored(): Promise<string[]> {
  const { rows } = await listCalls(storage.database.read, {}, { after: "", limit: 20_000 });
  return rows.map((row) => row.call_id).reverse();
}
const ids = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => callId(from + index));

test("calls are stored when the history stops", async () => {
  const history = historyOn(storage.database);
  add(history, 0, 3);
  expect(await stored()).toEqual([]);
  await history.stop();
  expect(await stored()).toEqual(ids(0, 3));
});

test("calls that could not be stored are stored by the next flush, once", async () => {
  let failures = 1;
  const history = historyOn({
    ...storage.database,
    writeRelaxed: async (work) => {
      const result = await storage.database.writeRelaxed(work);
      // The batch is stored, but its commit is not confirmed.
      if (failures-- > 0) throw new Error("connection lost");
      return result;
    },
  });
  add(history, 0, 3);
  await expect(history.flush()).rejects.toThrow("connection lost");
  add(history, 3, 4);
  await history.flush();
  expect(await stored()).toEqual(ids(0, 4));
});

test("a full queue drops the oldest calls, and none that is being stored", async () => {
  const storing = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const history = historyOn({
    ...storage.database,
    writeRelaxed: async (work) => {
      storing.resolve();
      await finish.promise;
      return await storage.database.writeRelaxed(work);
    },
  });
  add(history, 0, 10_000);
  const flushed = history.flush();
  await storing.promise;
  add(history, 10_000, 10_600);
  finish.resolve();
  await flushed;
  // 500 calls were being stored; of the 10,100 others, 100 did not fit in the queue.
  expect(await stored()).toEqual([...ids(0, 500), ...ids(600, 10_600)]);
});

describe.each(engines)("on %s", (engine) => {
  test("FR-A5: a text that the database cannot store as it is, and a row that it refuses, cost no other call", async () => {
    const { clock, database, remove } = await createTestDatabase(engine);
    const history = new CallHistory({ clock, database, log: createLog("silent") });
    const call = (index: number, detail: string | null, started_at = 1): ServicePluginCallsTable => ({
      ...{ call_id: callId(index), request_id: "r", app_id: "a", instance_id: "i", site_id: "s" },
      ...{ component_type: "ECOM_SHIPPING_RATES", method: "getShippingRates", outcome: "APPLICATION_ERROR" },
      ...{ status: 400, detail, started_at, duration_ms: 2 },
    });
    history.add(call(1, "X\0Y \ud800"));
    history.add(call(2, null, Number.NaN));
    history.add(call(3, null));
    await history.flush();
    const { rows } = await listCalls(database.read, {}, { after: "", limit: 10 });
    expect(rows.map((row) => [row.call_id, row.detail])).toEqual([
      [callId(3), null],
      [callId(1), "XY \ufffd"],
    ]);
    await remove();
  });
});
