import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createIds } from "../../infrastructure/database/index.ts";
import { createTestDatabase, engines, type TestDatabase } from "../../testing/test-database.ts";
import { EventLog, type NewEvent } from "./index.ts";

describe.each(engines)("events on %s", (engine) => {
  let storage: TestDatabase;
  let events: EventLog;
  beforeEach(async () => {
    storage = await createTestDatabase(engine);
    const { clock } = storage;
    events = new EventLog({ clock, ids: createIds({ clock, randomUuid: randomUUID }) });
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
});
