import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { engines, type TestDatabase } from "../../../testing/test-database.ts";
import { createDeliveryDatabase, insertDeliveryRow, insertWebhookRow } from "../testing/delivery-rows.ts";
import { reportHealth } from "./endpoint-health.queries.ts";

const start = 1_767_323_045_678;
const day = 86_400_000;

describe.each(engines)("the health of an endpoint on %s", (engine) => {
  let storage: TestDatabase;
  beforeEach(async () => {
    storage = await createDeliveryDatabase(engine);
    await insertWebhookRow(storage.database, { webhook_id: "webhook" });
  });
  afterEach(() => storage.remove());

  const report = (now: number, { failures = 0, succeeded = false, gone = false }) =>
    storage.database.write((trx) =>
      reportHealth(trx, [{ webhookId: "webhook", failures, succeeded, gone }], now),
    );
  const webhook = () =>
    storage.database.read
      .selectFrom("webhooks")
      .select(["failures", "failing_since", "last_warning_percent", "paused_at", "pause_reason"])
      .executeTakeFirstOrThrow();

  test("counts failures in a row, from the first one on", async () => {
    await report(start, { failures: 2 });
    expect(await report(start + 1_000, { failures: 3 })).toEqual([]);
    expect(await webhook()).toEqual({
      ...{ failures: 5, failing_since: start, last_warning_percent: 0, paused_at: null, pause_reason: null },
    });
  });

  test("is restored by one success", async () => {
    await report(start, { failures: 30 });
    await report(start + 3 * day, { failures: 1 });
    await report(start + 3 * day, { succeeded: true });
    expect(await webhook()).toMatchObject({ failures: 0, failing_since: null, last_warning_percent: 0 });
  });

  test("counts the failures after the last success of a report", async () => {
    await report(start, { failures: 7 });
    await report(start + 1_000, { succeeded: true, failures: 2 });
    expect(await webhook()).toMatchObject({ failures: 2, failing_since: start + 1_000 });
  });

  test("gives one warning each at 50, 70 and 90 % of five days", async () => {
    await report(start, { failures: 1 });
    const percents: unknown[] = [];
    for (const hours of [59, 60, 61, 84, 85, 108, 119]) {
      const notices = await report(start + hours * 3_600_000, { failures: 1 });
      percents.push(notices.map((notice) => notice.percent));
    }
    expect(percents).toEqual([[], [50], [], [70], [], [90], []]);
  });

  test("pauses the webhook after five days and 20 failures without a success", async () => {
    await report(start, { failures: 18 });
    await report(start + 5 * day, { failures: 1 });
    expect((await webhook()).paused_at).toBe(null);
    expect(await report(start + 5 * day + 1, { failures: 1 })).toEqual([
      {
        ...{ webhookId: "webhook", appId: "app", failures: 20, failingSince: start },
        ...{ percent: 100, pauseReason: "failing" },
      },
    ]);
    expect(await webhook()).toMatchObject({ paused_at: start + 5 * day + 1, pause_reason: "failing" });
  });

  test("pauses the webhook at once when its endpoint is gone", async () => {
    expect(await report(start, { failures: 1, gone: true })).toMatchObject([{ pauseReason: "gone" }]);
    expect(await webhook()).toMatchObject({ paused_at: start, pause_reason: "gone" });
  });

  test("pauses a webhook once", async () => {
    await report(start, { failures: 1, gone: true });
    expect(await report(start + 1_000, { failures: 1, gone: true })).toEqual([]);
    expect((await webhook()).paused_at).toBe(start);
  });

  test("unblocks deliveries that wait for the AppInstalled of the paused webhook", async () => {
    const { database } = storage;
    await insertDeliveryRow(database, { delivery_id: "installed", blocks_until_attempted: 1 });
    await insertDeliveryRow(database, { delivery_id: "other", webhook_id: "other", status: "blocked" });
    await report(start, { failures: 1, gone: true });
    const rows = await database.read.selectFrom("deliveries").select(["delivery_id", "status"]).execute();
    expect(rows).toContainEqual({ delivery_id: "other", status: "pending" });
  });
});
