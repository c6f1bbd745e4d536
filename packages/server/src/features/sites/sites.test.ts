import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createIds, type Write } from "../../infrastructure/database/index.ts";
import { createLog, createMetrics } from "../../infrastructure/observability/index.ts";
import { createTestDatabase, engines, type TestDatabase } from "../../testing/test-database.ts";
import { AuditLog } from "../audit/index.ts";
import { EventLog } from "../events/index.ts";
import { Instances } from "../instances/index.ts";
import { ContentWork, readSite, type SiteContent, Sites } from "./index.ts";
import { listSites } from "./sites.queries.ts";

const actor = { name: "admin", requestId: "request-1" };

describe.each(engines)("sites on %s", (engine) => {
  let storage: TestDatabase;
  let sites: Sites;
  let calls: string[];
  let failing: boolean;

  /** Content of three parts for each site. */
  const content: SiteContent = {
    async created() {},
    async copied(_trx, { from, to }, after) {
      calls.push(`copied ${from.siteId} ${to.siteId} ${after}`);
      if (failing && after !== "") throw new Error("content failed");
      return after.length === 2 ? undefined : `${after}x`;
    },
    async deleted(_trx, { siteId }) {
      calls.push(`deleted ${siteId}`);
      if (failing) throw new Error("content failed");
      return calls.filter((call) => call === `deleted ${siteId}`).length < 3;
    },
  };

  beforeEach(async () => {
    storage = await createTestDatabase(engine);
    sites = newProcess();
    calls = [];
    failing = false;
  });
  afterEach(() => storage.remove());

  /** The sites of a process that has done no step yet. */
  function newProcess(): Sites {
    const { clock, database } = storage;
    const ids = createIds({ clock, randomUuid: randomUUID });
    const metrics = createMetrics();
    const deps = { clock, database, ids, metrics, log: createLog("silent"), development: true };
    const audit = new AuditLog(deps);
    const events = new EventLog({ ...deps, maxBytesPerApp: 1_000_000 });
    const contentWork = new ContentWork(deps);
    const instances = new Instances({ ...deps, audit, events, contentWork, publicUrl: "" });
    return new Sites({ ...deps, ...instances, audit, events, contentWork, content: [content] });
  }

  /** Does the work that is left; another site is created between its steps. Returns the number of steps. */
  async function continueWork(process = sites): Promise<number> {
    for (let steps = 0; ; steps += 1) {
      if (!(await process.continueWork())) return steps;
      await create();
    }
  }

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

  test("FR-A2: are copied and deleted in steps that each commit, and each change is recorded once", async () => {
    const { siteId } = await create();
    const copy = await sites.copy(actor, siteId);
    await sites.remove(actor, siteId);
    expect(await continueWork()).toBe(3);
    expect(calls).toEqual([
      ...["", "x", "xx"].map((after) => `copied ${siteId} ${copy.siteId} ${after}`),
      ...Array.from({ length: 3 }, () => `deleted ${siteId}`),
    ]);
    expect((await actions()).slice(0, 3)).toEqual(["site.created", "site.copied", "site.deleted"]);
    expect(await continueWork()).toBe(0);
  });

  test("FR-A2: are gone as soon as they are deleted, and a new process deletes the rest of their content", async () => {
    const { siteId } = await create("shop");
    await sites.remove(actor, siteId);
    await expect(readSite(storage.database.read, siteId)).rejects.toMatchObject({ code: "SITE_NOT_FOUND" });
    await sites.continueWork();
    expect(await continueWork(newProcess())).toBe(2);
  });

  test("FR-A2: do not exist before their copy is complete; a copy of a process that ended is deleted after a minute", async () => {
    const { siteId } = await create("shop");
    const { to } = await sites.prepareCopy(actor, siteId);
    await expect(readSite(storage.database.read, to.siteId)).rejects.toMatchObject({ status: 404 });
    const next = newProcess();
    await storage.clock.advance(60_000);
    expect(await continueWork(next)).toBe(0);
    await storage.clock.advance(1);
    expect(await continueWork(next)).toBe(3);
    expect(calls.slice(3)).toEqual(Array.from({ length: 3 }, () => `deleted ${to.siteId}`));
    await expect(readSite(storage.database.read, to.siteId)).rejects.toMatchObject({ status: 404 });
    expect(await readSite(storage.database.read, siteId)).toMatchObject({ externalId: "shop" });
  });

  test("FR-A2: cannot be copied to the end when the copy was given up or the original deleted", async () => {
    const { siteId } = await create();
    const [givenUp, orphan] = [
      await sites.prepareCopy(actor, siteId),
      await sites.prepareCopy(actor, siteId),
    ];
    await storage.database.write((trx) =>
      trx.deleteFrom("site_work").where("site_id", "=", givenUp.to.siteId).execute(),
    );
    const complete = (copy: typeof givenUp) => write((trx) => sites.completeCopy(trx, actor, copy));
    await expect(complete(givenUp)).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await sites.remove(actor, siteId);
    await expect(complete(orphan)).rejects.toMatchObject({ code: "SITE_NOT_FOUND" });
  });

  test("FR-A2: are not copied when their content fails, and the part that was copied is deleted", async () => {
    const { siteId } = await create("shop");
    failing = true;
    await expect(sites.copy(actor, siteId)).rejects.toThrow("content failed");
    const { rows } = await write((trx) => listSites(trx, {}, { after: "", limit: 10 }));
    expect(rows).toHaveLength(1);
    expect(await actions()).toEqual(["site.created"]);
    failing = false;
    expect(await continueWork()).toBe(3);
  });

  test("FR-A2: whose content fails do not delay the deletion of others", async () => {
    const [one, other] = [await create(), await create()];
    await sites.remove(actor, one.siteId);
    await storage.clock.advance(1);
    await sites.remove(actor, other.siteId);
    await storage.clock.advance(1);
    failing = true;
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(sites.continueWork()).rejects.toThrow("content failed");
    }
    expect(calls).toEqual([`deleted ${one.siteId}`, `deleted ${other.siteId}`]);
  });

  test("free their external id when they are deleted, and keep their row", async () => {
    const { siteId } = await create("shop");
    await expect(create("shop")).rejects.toMatchObject({ code: "EXTERNAL_ID_TAKEN", status: 409 });
    await sites.remove(actor, siteId);
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
      () => write((trx) => sites.change(trx, actor, { siteId, name: "x" })),
      () => sites.copy(actor, siteId),
      () => sites.remove(actor, siteId),
    ]) {
      await expect(work()).rejects.toMatchObject({ code: "SITE_NOT_FOUND", status: 404 });
    }
    expect(await actions()).toEqual([]);
  });
});
