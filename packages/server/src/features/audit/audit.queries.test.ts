import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createIds } from "../../infrastructure/database/index.ts";
import type { ListFilters } from "../../infrastructure/management/index.ts";
import { createTestDatabase, engines, type TestDatabase } from "../../testing/test-database.ts";
import { AuditLog, listAuditEntries, type NewAuditEntry } from "./index.ts";

const actor = { name: "key:one", requestId: "request-1" };

describe.each(engines)("the audit log on %s", (engine) => {
  let storage: TestDatabase;
  let audit: AuditLog;
  beforeEach(async () => {
    storage = await createTestDatabase(engine);
    const { clock } = storage;
    audit = new AuditLog({ clock, ids: createIds({ clock, randomUuid: randomUUID }) });
  });
  afterEach(() => storage.remove());

  const append = (entry: NewAuditEntry) => storage.database.write((trx) => audit.append(trx, actor, entry));
  const list = async (filters: ListFilters = {}, page = { after: "", limit: 100 }) =>
    (await listAuditEntries(storage.database.read, filters, page)).rows;

  test("has actor, action, object, time and request of a change", async () => {
    await append({
      action: "app.changed",
      appId: "app",
      siteId: "site",
      instanceId: "i",
      details: { name: "New" },
    });
    expect(await list()).toEqual([
      {
        entry_id: expect.stringMatching(/^019b7ca9-8f2e-7000-/),
        actor: "key:one",
        action: "app.changed",
        request_id: "request-1",
        occurred_at: 1_767_323_045_678,
        app_id: "app",
        site_id: "site",
        instance_id: "i",
        details: '{"name":"New"}',
      },
    ]);
  });

  test("has no ids of objects that a change does not concern", async () => {
    await append({ action: "scope.created" });
    expect(await list()).toMatchObject([
      { action: "scope.created", app_id: null, site_id: null, instance_id: null, details: "{}" },
    ]);
  });

  test("is listed page by page, the newest entries first, also within one millisecond", async () => {
    for (let count = 0; count < 7; count += 1) await append({ action: `a${count}` });
    const first = await list({}, { after: "", limit: 4 });
    expect(first.map((entry) => entry.action)).toEqual(["a6", "a5", "a4", "a3"]);
    const second = await list({}, { after: first.at(-1)?.entry_id ?? "", limit: 4 });
    expect(second.map((entry) => entry.action)).toEqual(["a2", "a1", "a0"]);
  });

  test("is filtered by instance, actor, action and time (FR-B6)", async () => {
    await append({ action: "app.changed", appId: "app" });
    await storage.clock.advance(1_000);
    await append({ action: "instance.removed", appId: "app", siteId: "site", instanceId: "i" });
    const actions = async (query: ListFilters) => (await list(query)).map((entry) => entry.action);
    expect(await actions({ instanceId: "i" })).toEqual(["instance.removed"]);
    expect(await actions({ actor: "key:one" })).toEqual(["instance.removed", "app.changed"]);
    expect(await actions({ actor: "admin" })).toEqual([]);
    expect(await actions({ appId: "app", action: "app.changed" })).toEqual(["app.changed"]);
    const first = 1_767_323_045_678;
    expect(await actions({ since: first, until: first + 1 })).toEqual(["app.changed"]);
    expect(await actions({ since: first + 1 })).toEqual(["instance.removed"]);
    expect(await actions({ until: first + 1_000 })).toEqual(["app.changed"]);
  });

  test("is filtered by app, by site and by both", async () => {
    await append({ action: "both", appId: "app", siteId: "site" });
    await append({ action: "app", appId: "app" });
    await append({ action: "site", siteId: "site" });
    const actions = async (query: ListFilters) => (await list(query)).map((entry) => entry.action);
    expect(await actions({ appId: "app" })).toEqual(["app", "both"]);
    expect(await actions({ siteId: "site" })).toEqual(["site", "both"]);
    expect(await actions({ appId: "app", siteId: "site" })).toEqual(["both"]);
    expect(await actions({ appId: "APP" })).toEqual([]);
  });

  test("has no entry for a change that is rolled back", async () => {
    const change = storage.database.write(async (trx) => {
      await audit.append(trx, actor, { action: "app.changed" });
      throw new Error("refused");
    });
    await expect(change).rejects.toThrow("refused");
    expect(await list()).toEqual([]);
  });
});
