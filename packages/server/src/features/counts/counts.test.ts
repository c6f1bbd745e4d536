import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Database, openDatabase } from "../../infrastructure/database/index.ts";
import { createLog } from "../../infrastructure/observability/index.ts";
import { createTestDatabase, engines, type TestDatabase } from "../../testing/test-database.ts";
import { Counts, pruneCounts } from "./index.ts";

// The clock shows 2026-01-02T03:04:05.678Z.
const minute = 1_767_323_040_000;
const hour = 1_767_322_800_000;

describe.each(engines)("counts on %s", (engine) => {
  let storage: TestDatabase;
  let counts: Counts;
  beforeEach(async () => {
    storage = await createTestDatabase(engine);
    counts = countsOn(storage.database);
  });
  afterEach(async () => {
    await counts.stop();
    await storage.remove();
  });

  const countsOn = (database: Database) =>
    new Counts({ clock: storage.clock, database, log: createLog("silent") });

  const stored = async () => {
    const rows = await storage.database.read
      .selectFrom("counts")
      .selectAll()
      .orderBy("app_id")
      .orderBy("metric")
      .orderBy("step")
      .orderBy("at")
      .orderBy("outcome")
      .execute();
    return rows.map((row) => [row.app_id, row.metric, row.step, row.at, row.outcome, row.requests]);
  };

  test("are stored five seconds after the first request, for its app and for all apps, by minute and by hour", async () => {
    counts.add("tokens", "issued", "a");
    counts.add("tokens", "issued", "a");
    counts.add("tokens", "wrong_secret", "b");
    await storage.clock.advance(4_999);
    expect(await stored()).toEqual([]);
    await storage.clock.advance(1);
    expect(await stored()).toEqual([
      ["", "tokens", "hour", hour, "issued", 2],
      ["", "tokens", "hour", hour, "wrong_secret", 1],
      ["", "tokens", "minute", minute, "issued", 2],
      ["", "tokens", "minute", minute, "wrong_secret", 1],
      ["a", "tokens", "hour", hour, "issued", 2],
      ["a", "tokens", "minute", minute, "issued", 2],
      ["b", "tokens", "hour", hour, "wrong_secret", 1],
      ["b", "tokens", "minute", minute, "wrong_secret", 1],
    ]);
  });

  test("of several processes add up", async () => {
    const other = countsOn(storage.database);
    counts.add("apiCalls", "2xx", "a");
    other.add("apiCalls", "2xx", "a");
    await counts.flush();
    await other.flush();
    counts.add("apiCalls", "2xx", "a");
    await counts.stop();
    await other.stop();
    expect((await stored()).filter(([, , step]) => step === "minute")).toEqual([
      ["", "apiCalls", "minute", minute, "2xx", 3],
      ["a", "apiCalls", "minute", minute, "2xx", 3],
    ]);
  });

  test("belong to the minute of the request, not to that of the flush", async () => {
    await storage.clock.advance(54_000);
    counts.add("apiCalls", "2xx", "a");
    await storage.clock.advance(1_000);
    counts.add("apiCalls", "5xx", "a");
    await storage.clock.advance(4_000);
    expect((await stored()).filter(([appId]) => appId === "a")).toEqual([
      ["a", "apiCalls", "hour", hour, "2xx", 1],
      ["a", "apiCalls", "hour", hour, "5xx", 1],
      ["a", "apiCalls", "minute", minute, "2xx", 1],
      ["a", "apiCalls", "minute", minute + 60_000, "5xx", 1],
    ]);
  });

  test("of requests that prove no app are those of all apps only", async () => {
    counts.add("tokens", "unknown_app", undefined);
    await counts.flush();
    expect(await stored()).toEqual([
      ["", "tokens", "hour", hour, "unknown_app", 1],
      ["", "tokens", "minute", minute, "unknown_app", 1],
    ]);
  });

  test("have the sum of the durations, and counts by duration", async () => {
    const add = (durationMs: number) =>
      counts.addTimed({ appId: "a", metric: "deliveries", outcome: "delivered", durationMs });
    for (const durationMs of [0.4, 5, 5.6, 100, 9_999, 10_001]) add(durationMs);
    await counts.flush();
    const row = await storage.database.read
      .selectFrom("counts")
      .selectAll()
      .where("app_id", "=", "a")
      .where("step", "=", "minute")
      .executeTakeFirstOrThrow();
    expect(row).toEqual({
      ...{ app_id: "a", metric: "deliveries", step: "minute", at: minute, outcome: "delivered" },
      ...{ requests: 6, duration_ms: 20_111, ms_5: 2, ms_25: 1, ms_100: 1, ms_250: 0, ms_500: 0 },
      ...{ ms_1000: 0, ms_2500: 0, ms_5000: 0, ms_10000: 1 },
    });
  });

  test("that cannot be stored are stored once by the next run", async () => {
    const rename = (from: string, to: string) =>
      storage.database.write((trx) => trx.schema.alterTable(from).renameTo(to).execute());
    counts.add("tokens", "issued", "a");
    await rename("counts", "elsewhere");
    await storage.clock.advance(5_000);
    counts.add("tokens", "issued", "a");
    await rename("elsewhere", "counts");
    expect(await stored()).toEqual([]);
    await storage.clock.advance(5_000);
    await storage.clock.advance(5_000);
    expect((await stored()).map((row) => row.at(-1))).toEqual([2, 2, 2, 2]);
  });

  test("are limited in memory: further apps are counted for all apps together", async () => {
    for (let app = 0; app < 5_001; app += 1) counts.add("tokens", "issued", `app ${app}`);
    counts.add("tokens", "issued", "app 0");
    await counts.flush();
    const rows = await stored();
    expect(rows).toHaveLength(10_002);
    expect(rows[0]).toEqual(["", "tokens", "hour", hour, "issued", 5_002]);
    expect(rows.filter(([appId]) => appId === "app 0").map((row) => row.at(-1))).toEqual([2, 2]);
    expect(rows.filter(([appId]) => appId === "app 5000")).toEqual([]);
  });

  test("are deleted past their retention in steps, the oldest first", async () => {
    for (const appId of ["a", "b", "c"]) counts.add("tokens", "issued", appId);
    await storage.clock.advance(60_000);
    counts.add("tokens", "issued", "a");
    await counts.flush();
    const prune = (before: number) =>
      storage.database.write((trx) => pruneCounts("minute")(trx, { after: "", limit: 2, before }));
    expect(await prune(minute)).toBeUndefined();
    expect(await stored()).toHaveLength(10);
    expect(await prune(minute + 1)).toBe("");
    expect(
      (await stored()).filter(([, , step]) => step === "minute").map(([appId, , , at]) => [appId, at]),
    ).toEqual([
      ["", minute + 60_000],
      ["a", minute + 60_000],
      ["b", minute],
      ["c", minute],
    ]);
    expect(await prune(minute + 1)).toBe("");
    expect(await prune(minute + 1)).toBeUndefined();
    expect((await stored()).map(([appId, , step]) => `${appId} ${step}`)).toEqual([
      ...[" hour", " minute", "a hour", "a minute", "b hour", "c hour"],
    ]);
  });
});

test("two processes that store counts of the same apps do not deadlock", async () => {
  const storage = await createTestDatabase("postgres");
  const other = openDatabase(storage.url, () => {});
  const log = createLog("silent");
  const both = [storage.database, other].map(
    (database) => new Counts({ clock: storage.clock, database, log }),
  );
  const apps = Array.from({ length: 100 }, (_, index) => `app ${index}`);
  for (let round = 0; round < 5; round += 1) {
    for (const app of apps) both[0]?.add("tokens", "issued", app);
    for (const app of [...apps].reverse()) both[1]?.add("tokens", "issued", app);
    await Promise.all(both.map((counts) => counts.flush()));
  }
  const { sum } = await storage.database.read
    .selectFrom("counts")
    .select((eb) => eb.fn.sum<string>("requests").as("sum"))
    .where("step", "=", "minute")
    .executeTakeFirstOrThrow();
  expect(Number(sum)).toBe(2_000);
  await other.close();
  await storage.remove();
});
