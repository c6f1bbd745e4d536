import { stores } from "@latchkey/stores";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Actor } from "../../infrastructure/management/index.ts";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";
import { engines } from "../../testing/test-database.ts";

const actor: Actor = { name: "admin", requestId: "request-1" };
const readProducts = "SCOPE.DC-STORES.READ-PRODUCTS";
const manageProducts = "SCOPE.DC-STORES.MANAGE-PRODUCTS";

describe.each(engines)("on %s", (engine) => {
  let testPlatform: TestPlatform;
  let siteId: string;

  beforeAll(async () => {
    testPlatform = await createTestPlatform({ resources: [stores], database: engine });
  });
  beforeEach(async () => {
    siteId = (await testPlatform.createSite({ externalId: crypto.randomUUID(), currency: "EUR" })).siteId;
  });
  afterAll(() => testPlatform.close());

  const installApp = async (grant: readonly string[] = [readProducts]) => {
    const { appId } = await testPlatform.createApp({
      scopes: [
        { scopeId: readProducts, optional: true },
        { scopeId: manageProducts, optional: true },
      ],
    });
    return await testPlatform.install({ appId, siteId, grant });
  };
  const copySite = () => testPlatform.platform.sites.copy(actor, siteId);
  const removeSite = (id = siteId) => testPlatform.platform.sites.remove(actor, id);
  const instancesOn = (site: string) =>
    testPlatform.platform.database.read
      .selectFrom("instances")
      .selectAll()
      .where("site_id", "=", site)
      .execute();
  const removedOn = async (site: string) =>
    (await instancesOn(site)).filter((row) => row.state === "removed").length;
  const eventsOn = (site: string) =>
    testPlatform.platform.database.read
      .selectFrom("events")
      .selectAll()
      .where("site_id", "=", site)
      .orderBy("event_id")
      .execute();
  const auditOn = async (site: string) => {
    const rows = await testPlatform.platform.database.read
      .selectFrom("audit")
      .select("action")
      .where("site_id", "=", site)
      .orderBy("entry_id")
      .execute();
    return rows.map((row) => row.action);
  };

  describe("copying a site", () => {
    test("creates instances with their own ids, their originInstanceId and the same grant", async () => {
      const origin = await installApp([manageProducts]);
      const { siteId: copy } = await copySite();
      const [instance, ...others] = await instancesOn(copy);
      expect(others).toEqual([]);
      expect(instance).toMatchObject({
        app_id: origin.appId,
        state: "installed",
        gen: 1,
        origin_instance_id: origin.instanceId,
        granted_scopes: JSON.stringify(origin.grant),
      });
      expect(instance?.instance_id).not.toBe(origin.instanceId);
      expect((await instancesOn(siteId))[0]).toMatchObject({
        state: "installed",
        gen: 1,
        origin_instance_id: null,
      });
    });

    test("publishes one AppInstalled with the originInstanceId", async () => {
      const origin = await installApp();
      const { siteId: copy } = await copySite();
      const [event, ...others] = await eventsOn(copy);
      expect(others).toEqual([]);
      expect(event).toMatchObject({ event_type: "AppInstalled", app_id: origin.appId });
      expect(JSON.parse(event?.payload ?? "")).toEqual({
        appId: origin.appId,
        originInstanceId: origin.instanceId,
      });
      expect(await auditOn(copy)).toEqual(["site.copied", "instance.installed"]);
      expect(await eventsOn(siteId)).toHaveLength(1);
    });

    test("does not copy suspended and removed instances", async () => {
      const suspended = await installApp();
      const removed = await installApp();
      const kept = await installApp();
      await testPlatform.suspend(suspended.instanceId);
      await testPlatform.remove(removed.instanceId);
      const { siteId: copy } = await copySite();
      expect((await instancesOn(copy)).map((row) => row.origin_instance_id)).toEqual([kept.instanceId]);
    });

    test("of a copy: originInstanceId is the instance on the copy, not on the first site", async () => {
      const origin = await installApp();
      const { siteId: first } = await copySite();
      siteId = first;
      const { siteId: second } = await copySite();
      const [middle] = await instancesOn(first);
      expect((await instancesOn(second))[0]?.origin_instance_id).toBe(middle?.instance_id);
      expect(middle?.origin_instance_id).toBe(origin.instanceId);
    });

    test("copies the fields of the site except its external id and its URL", async () => {
      expect(await copySite()).toMatchObject({
        name: "Test Site",
        currency: "EUR",
        externalId: null,
        url: null,
      });
    });

    test("FR-A2: copies and removes 501 instances in steps of 100, each in a transaction", async () => {
      const { appId } = await testPlatform.createApp();
      const [app] = await testPlatform.platform.database.read
        .selectFrom("apps")
        .selectAll()
        .where("app_id", "=", appId)
        .execute();
      if (app === undefined) throw new Error("The app was not found.");
      const apps = Array.from({ length: 501 }, () => ({ ...app, app_id: crypto.randomUUID() }));
      await testPlatform.platform.database.write(async (trx) => {
        for (const one of apps) await trx.insertInto("apps").values(one).execute();
        for (const one of apps) {
          await testPlatform.platform.instances.install(trx, actor, { appId: one.app_id, siteId });
        }
      });
      const { siteId: copy } = await copySite();
      await testPlatform.settled();
      expect((await instancesOn(copy)).filter((row) => row.state === "installed")).toHaveLength(501);
      const { database, sites } = testPlatform.platform;
      expect(await database.write((trx) => sites.markDeleted(trx, actor, siteId))).toBe(true);
      await removeSite(copy);
      expect(await removedOn(copy)).toBe(501);
      await testPlatform.settled();
      expect(await removedOn(siteId)).toBe(501);
    });
  });

  describe("deleting a site", () => {
    test("removes its instances, publishes one AppRemoved for each, and invalidates every token", async () => {
      const installed = await installApp();
      const suspended = await installApp();
      const removed = await installApp();
      await testPlatform.suspend(suspended.instanceId);
      await testPlatform.remove(removed.instanceId);
      const before = await eventsOn(siteId);
      await removeSite();
      const rows = await instancesOn(siteId);
      expect(rows.map((row) => row.state)).toEqual(["removed", "removed", "removed"]);
      const generation = (id: string) => rows.find((row) => row.instance_id === id)?.gen;
      expect(generation(installed.instanceId)).toBe(2);
      expect(generation(suspended.instanceId)).toBe(3);
      expect(generation(removed.instanceId)).toBe(2);
      const published = (await eventsOn(siteId)).slice(before.length);
      expect(published.map((event) => event.event_type)).toEqual(["AppRemoved", "AppRemoved"]);
      expect(published.map((event) => event.instance_id).sort()).toEqual(
        [installed.instanceId, suspended.instanceId].sort(),
      );
      expect((await auditOn(siteId)).slice(-3)).toEqual([
        "site.deleted",
        "instance.removed",
        "instance.removed",
      ]);
    });

    test("prevents further installs on it", async () => {
      const { appId } = await installApp();
      await removeSite();
      await expect(testPlatform.install({ appId, siteId })).rejects.toMatchObject({ code: "SITE_NOT_FOUND" });
      await expect(removeSite()).rejects.toMatchObject({ code: "SITE_NOT_FOUND" });
      await expect(copySite()).rejects.toMatchObject({ code: "SITE_NOT_FOUND" });
    });
  });

  describe("a grant", () => {
    test("of a reinstalled instance is the new one, and the instance keeps its id", async () => {
      const first = await installApp([readProducts, manageProducts]);
      await testPlatform.remove(first.instanceId);
      await testPlatform.clock.advance(1_000);
      const second = await testPlatform.install({ appId: first.appId, siteId, grant: [readProducts] });
      expect(second).toMatchObject({
        instanceId: first.instanceId,
        state: "installed",
        createdAt: first.createdAt,
      });
      expect(second.grant).not.toContain(manageProducts);
      expect(second.updatedAt).toBe(first.updatedAt + 1_000);
      expect((await eventsOn(siteId)).map((event) => event.event_type)).toEqual([
        "AppInstalled",
        "AppRemoved",
        "AppInstalled",
      ]);
    });

    test("does not change when the app requests other scopes, until the owner approves again", async () => {
      const { appId, grant, instanceId } = await installApp([manageProducts]);
      const { apps, database } = testPlatform.platform;
      await database.write((trx) =>
        apps.change(trx, actor, { appId, scopes: [{ scopeId: readProducts, optional: true }] }),
      );
      const [row] = await instancesOn(siteId);
      expect(row?.granted_scopes).toBe(JSON.stringify(grant));
      await expect(testPlatform.approve(instanceId, [manageProducts])).rejects.toMatchObject({
        violations: [expect.objectContaining({ field: "grant[0]" })],
      });
      expect((await testPlatform.approve(instanceId, [readProducts])).grant).toContain(readProducts);
    });
  });
});
