import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createIds } from "../../infrastructure/database/index.ts";
import { createMetrics } from "../../infrastructure/observability/index.ts";
import { createTestDatabase, engines, type TestDatabase } from "../../testing/test-database.ts";
import { EventLog, type NewEvent, pruneEventUsage } from "./index.ts";

describe.each(engines)("events on %s", (engine) => {
  let storage: TestDatabase;
  let events: EventLog;
  const metrics = createMetrics();
  beforeEach(async () => {
    storage = await createTestDatabase(engine);
    const { clock } = storage;
    events = new EventLog({
      clock,
      ids: createIds({ clock, randomUuid: randomUUID }),
      metrics,
      maxBytesPerApp: 1_000,
    });
  });
  afterEach(() => storage.remove());

  const append = (appended: readonly NewEvent[]) =>
    storage.database.write((trx) => events.append(trx, appended));
  const stored = () => storage.database.read.selectFrom("events").selectAll().orderBy("event_id").execute();

  test("are stored unchanged and not fanned out", async () => {
    const payload = { appId: "app", text: "naïve — 漢字", nested: { list: [1, null] } };
    await append([
      { eventType: "AppInstalled", siteId: "site", instanceId: "instance", appId: "app", payload },
    ]);
    const [event] = await stored();
    expect(event).toMatchObject({
      ...{ event_type: "AppInstalled", site_id: "site", instance_id: "instance", app_id: "app" },
      ...{ occurred_at: 1_767_323_045_678, fanned_out_at: null },
    });
    expect(event?.event_id).toMatch(/^019b7ca9-8f2e-7000-/);
    expect(JSON.parse(event?.payload ?? "")).toEqual(payload);
  });

  test("of a site have no app and no instance", async () => {
    await append([{ eventType: "SiteChanged", siteId: "site", payload: {} }]);
    expect(await stored()).toMatchObject([{ app_id: null, instance_id: null }]);
  });

  test("of one transaction keep their order, also beyond one insert", async () => {
    await append(
      Array.from({ length: 1_201 }, (_, index) => ({ eventType: `E${index}`, siteId: "site", payload: {} })),
    );
    expect((await stored()).map((event) => event.event_type)).toEqual(
      Array.from({ length: 1_201 }, (_, index) => `E${index}`),
    );
  });

  test("may be an empty list", async () => {
    await append([]);
    expect(await stored()).toEqual([]);
  });

  test("are rolled back with their transaction", async () => {
    const change = storage.database.write(async (trx) => {
      await events.append(trx, [{ eventType: "AppInstalled", siteId: "site", payload: {} }]);
      throw new Error("refused");
    });
    await expect(change).rejects.toThrow("refused");
    expect(await stored()).toEqual([]);
  });

  describe("that an app causes (FR-A8)", () => {
    const caused = (causedBy: string, length: number): NewEvent => ({
      ...{ eventType: "own", siteId: "site", causedBy, payload: { text: "x".repeat(length) } },
    });
    const day = 86_400_000;

    test("are refused beyond its quota of 1,000 bytes; nothing of the change is stored", async () => {
      await append([caused("app", 500), caused("app", 400)]);
      const { write } = storage.database;
      const change = write(async (trx) => {
        await events.append(trx, [{ eventType: "own", siteId: "site", payload: {} }]);
        await events.append(trx, [caused("app", 100)]);
      });
      await expect(change).rejects.toMatchObject({
        ...{ code: "EVENT_QUOTA_EXCEEDED", status: 429 },
        ...{ data: { maxBytes: 1_000 }, headers: { "retry-after": expect.stringMatching(/^\d+$/) } },
      });
      expect(await stored()).toHaveLength(2);
      const { values } = await metrics.quotaExceeded.get();
      expect(values).toContainEqual({ labels: { quota: "event_bytes" }, value: expect.any(Number) });
    });

    test("do not count for another app, and those of the platform are never refused", async () => {
      await append([caused("app", 900)]);
      await append([caused("other", 900)]);
      await append([{ eventType: "AppRemoved", siteId: "site", payload: { text: "x".repeat(2_000) } }]);
      expect(await stored()).toHaveLength(3);
    });

    test("count for 30 days", async () => {
      await append([caused("app", 900)]);
      await storage.clock.advance(29 * day);
      await expect(append([caused("app", 900)])).rejects.toMatchObject({ code: "EVENT_QUOTA_EXCEEDED" });
      await storage.clock.advance(day);
      await append([caused("app", 900)]);
      const now = storage.clock.now();
      const step = { after: "", limit: 10, now };
      expect(await storage.database.write((trx) => pruneEventUsage(trx, step))).toBeUndefined();
      const days = await storage.database.read.selectFrom("event_usage").select("day").execute();
      expect(days).toEqual([{ day: Math.floor(now / day) }]);
    });
  });
});
