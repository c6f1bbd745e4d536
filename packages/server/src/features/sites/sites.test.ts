import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createIds, type Write } from "../../infrastructure/database/index.ts";
import { createMetrics } from "../../infrastructure/observability/index.ts";
import { createTestDatabase, engines, type TestDatabase } from "../../testing/test-database.ts";
import { AuditLog } from "../audit/index.ts";
import { EventLog } from "../events/index.ts";
import { type SiteContent, Sites } from "./index.ts";

const actor = { name: "admin", requestId: "request-1" };

describe.each(engines)("sites on %s", (engine) => {
  let storage: TestDatabase;
  let sites: Sites;
  let calls: string[];
  let failing: boolean;

  const content: SiteContent = {
    async copied(_trx, _actor, { fromSiteId, toSiteId }) {
      calls.push(`copied ${fromSiteId} ${toSiteId}`);
      if (failing) throw new Error("content failed");
    },
    async deleted(_trx, _actor, siteId) {
      calls.push(`deleted ${siteId}`);
      if (failing) throw new Error("content failed");
    },
  };

  beforeEach(async () => {
    storage = await createTestDatabase(engine);
    const { clock } = storage;
    const ids = createIds({ clock, randomUuid: randomUUID });
    const deps = { clock, ids };
    const audit = new AuditLog(deps);
    const events = new EventLog({ ...deps, metrics: createMetrics(), maxBytesPerApp: 1_000_000 });
    sites = new Sites({ ...deps, audit, events, content: [content] });
    calls = [];
    failing = false;
  });
  afterEach(() => storage.remove());

  const write = <T>(work: (trx: Write) => Promise<T>) => storage.database.write(work);
  const create = (externalId?: string) =>
    write((trx) => sites.create(trx, actor, { name: "Site", externalId }));
  const rows = () => storage.database.read.selectFrom("sites").selectAll().orderBy("created_at").execute();
  const actions = async () => {
    const entries = await storage.database.read
      .selectFrom("audit")
      .select("action")
      .orderBy("entry_id")
      .execute();
    return entries.map((entry) => entry.action);
  };

  test("are copied and deleted with their content, and each change is recorded once", async () => {
    const { siteId } = await create();
    const copy = await write((trx) => sites.copy(trx, actor, siteId));
    await write((trx) => sites.remove(trx, actor, siteId));
    expect(calls).toEqual([`copied ${siteId} ${copy.siteId}`, `deleted ${siteId}`]);
    expect(await actions()).toEqual(["site.created", "site.copied", "site.deleted"]);
  });

  test("are neither copied nor deleted when their content fails", async () => {
    const { siteId } = await create("shop");
    const before = await rows();
    failing = true;
    await expect(write((trx) => sites.copy(trx, actor, siteId))).rejects.toThrow("content failed");
    await expect(write((trx) => sites.remove(trx, actor, siteId))).rejects.toThrow("content failed");
    expect(await rows()).toEqual(before);
    expect(await actions()).toEqual(["site.created"]);
  });

  test("free their external id when they are deleted, and keep their row", async () => {
    const { siteId } = await create("shop");
    await expect(create("shop")).rejects.toMatchObject({ code: "EXTERNAL_ID_TAKEN", status: 409 });
    await write((trx) => sites.remove(trx, actor, siteId));
    const again = await create("shop");
    expect(again.siteId).not.toBe(siteId);
    expect((await rows()).map((row) => [row.external_id, row.deleted_at !== null])).toEqual(
      expect.arrayContaining([
        [null, true],
        ["shop", false],
      ]),
    );
  });

  test("accept their own external id in a change", async () => {
    const { siteId } = await create("shop");
    const change = { siteId, externalId: "shop", name: "Renamed" };
    expect(await write((trx) => sites.change(trx, actor, change))).toMatchObject({
      externalId: "shop",
      name: "Renamed",
    });
  });

  test("publish an event with the changed fields, and none when no published field has changed", async () => {
    const { siteId } = await create("shop");
    const change = (changes: object) => write((trx) => sites.change(trx, actor, { siteId, ...changes }));
    await change({ name: "Renamed", currency: "USD", externalId: "other" });
    await change({ name: "Renamed", externalId: "third" });
    await change({ url: "https://shop.example/" });
    await change({ url: null, locale: "de" });
    const events = await storage.database.read.selectFrom("events").selectAll().orderBy("event_id").execute();
    expect(events.map((event) => JSON.parse(event.payload))).toEqual([
      { siteId, changes: { name: "Renamed" } },
      { siteId, changes: { url: "https://shop.example/" } },
      { siteId, changes: { locale: "de", url: null } },
    ]);
    for (const event of events) {
      expect(event).toMatchObject({ event_type: "latchkey.site_changed", site_id: siteId });
      expect([event.app_id, event.instance_id]).toEqual([null, null]);
    }
  });

  test("that do not exist are not changed, copied or deleted", async () => {
    const siteId = "00000000-0000-4000-8000-000000000000";
    for (const work of [
      (trx: Write) => sites.change(trx, actor, { siteId, name: "x" }),
      (trx: Write) => sites.copy(trx, actor, siteId),
      (trx: Write) => sites.remove(trx, actor, siteId),
    ]) {
      await expect(write<unknown>(work)).rejects.toMatchObject({ code: "SITE_NOT_FOUND", status: 404 });
    }
    expect(await actions()).toEqual([]);
  });
});
