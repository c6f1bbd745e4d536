import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Write } from "../../infrastructure/database/index.ts";
import type { Actor } from "../../infrastructure/management/index.ts";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";
import { engines } from "../../testing/test-database.ts";

const actor: Actor = { name: "test", requestId: "" };

describe.each(engines)("two concurrent changes on %s", (engine) => {
  let testPlatform: TestPlatform;
  let appId: string;
  let siteId: string;
  let instanceId: string;

  beforeAll(async () => {
    testPlatform = await createTestPlatform({ database: engine });
  });
  beforeEach(async () => {
    appId = (await testPlatform.createApp()).appId;
    siteId = (await testPlatform.createSite()).siteId;
  });
  afterAll(() => testPlatform.close());

  const { install, installed, removeInstance, suspend, removeSite, removeApp, copySite, disableApp } =
    changes();

  /** Starts the second change while the transaction of the first one is still open. */
  async function overlap(first: Change, second: Change): Promise<[string, string]> {
    const { database } = testPlatform.platform;
    const { promise: mayCommit, resolve: commit } = Promise.withResolvers<void>();
    const { promise: done, resolve: finish } = Promise.withResolvers<void>();
    const one = outcome(
      database.write(async (trx) => {
        await first(trx).finally(finish);
        await mayCommit;
      }),
    );
    await done;
    const two = outcome(database.write((trx) => second(trx)));
    await Promise.race([two, pause()]);
    commit();
    return [await one, await two];
  }

  /** Waits long enough for a change that needs no lock. */
  async function pause(): Promise<void> {
    for (let reads = 0; reads < 30; reads += 1) await eventsOf(siteId);
  }

  const eventsOf = async (site: string) => {
    const rows = await testPlatform.platform.database.read
      .selectFrom("events")
      .select("event_type")
      .where("site_id", "=", site)
      .orderBy("event_id")
      .execute();
    return rows.map((row) => row.event_type);
  };
  const statesOn = async (site: string) => {
    const rows = await testPlatform.platform.database.read
      .selectFrom("instances")
      .select("state")
      .where("site_id", "=", site)
      .execute();
    return rows.map((row) => row.state);
  };

  test.each([
    ["install, install", install, install, ["ok", "INSTANCE_ALREADY_INSTALLED"]],
    ["install, delete the app", install, removeApp, ["ok", "APP_IN_USE"]],
    ["delete the app, install", removeApp, install, ["ok", "APP_NOT_FOUND"]],
    ["disable the app, install", disableApp, install, ["ok", "APP_DISABLED"]],
    ["delete the site, install", removeSite, install, ["ok", "SITE_NOT_FOUND"]],
    ["install, delete the site", install, removeSite, ["ok", "ok"]],
    ["delete the site, delete the site", removeSite, removeSite, ["ok", "SITE_NOT_FOUND"]],
  ])("on an app that is not installed: %s", async (_, first, second, outcomes) => {
    expect(await overlap(first, second)).toEqual(outcomes);
    const [state = "none"] = await statesOn(siteId);
    const siteExists = (await outcome(testPlatform.platform.database.write(installed))) !== "SITE_NOT_FOUND";
    expect({ state, siteExists }).not.toEqual({ state: "installed", siteExists: false });
    const events = await eventsOf(siteId);
    expect(events).toEqual(["AppInstalled", "AppRemoved"].slice(0, events.length));
  });

  test.each([
    ["remove, remove", removeInstance, removeInstance, ["ok", "ok"]],
    ["remove, suspend", removeInstance, suspend, ["ok", "INSTANCE_NOT_INSTALLED"]],
    ["suspend, remove", suspend, removeInstance, ["ok", "ok"]],
    ["remove, delete the site", removeInstance, removeSite, ["ok", "ok"]],
    ["delete the site, remove", removeSite, removeInstance, ["ok", "ok"]],
  ])("on an app that is installed: %s", async (_, first, second, outcomes) => {
    ({ instanceId } = await testPlatform.install({ appId, siteId }));
    expect(await overlap(first, second)).toEqual(outcomes);
    const between = first === suspend ? ["latchkey.instance_suspended"] : [];
    expect(await eventsOf(siteId)).toEqual(["AppInstalled", ...between, "AppRemoved"]);
    expect(await statesOn(siteId)).toEqual(["removed"]);
  });

  test("suspend, suspend: the second one fails", async () => {
    ({ instanceId } = await testPlatform.install({ appId, siteId }));
    expect(await overlap(suspend, suspend)).toEqual(["ok", "INSTANCE_NOT_INSTALLED"]);
  });

  test("reinstall, reinstall: one succeeds, with one event", async () => {
    ({ instanceId } = await testPlatform.install({ appId, siteId }));
    await testPlatform.remove(instanceId);
    expect(await overlap(install, install)).toEqual(["ok", "INSTANCE_ALREADY_INSTALLED"]);
    expect(await eventsOf(siteId)).toEqual(["AppInstalled", "AppRemoved", "AppInstalled"]);
  });

  test("reinstall, delete the site: the instance is removed", async () => {
    ({ instanceId } = await testPlatform.install({ appId, siteId }));
    await testPlatform.remove(instanceId);
    expect(await overlap(install, removeSite)).toEqual(["ok", "ok"]);
    expect(await statesOn(siteId)).toEqual(["removed"]);
    expect(await overlap(removeSite, install)).toEqual(["SITE_NOT_FOUND", "SITE_NOT_FOUND"]);
  });

  test("remove, copy the site: the removed instance is not copied", async () => {
    ({ instanceId } = await testPlatform.install({ appId, siteId }));
    const copied = await copySite();
    expect(await overlap(removeInstance, copied.complete)).toEqual(["ok", "ok"]);
    expect(await statesOn(copied.siteId)).toEqual([]);
    expect(await eventsOf(copied.siteId)).toEqual([]);
  });

  test("copy the site, delete it: the copy stays", async () => {
    ({ instanceId } = await testPlatform.install({ appId, siteId }));
    const copied = await copySite();
    expect(await overlap(copied.complete, removeSite)).toEqual(["ok", "ok"]);
    expect([await statesOn(siteId), await statesOn(copied.siteId)]).toEqual([["removed"], ["installed"]]);
  });

  test("two sites with the same external id: one succeeds", async () => {
    const named = (): Change => (trx) =>
      testPlatform.platform.sites.create(trx, actor, { name: "Named", externalId: `shop of ${siteId}` });
    expect(await overlap(named(), named())).toEqual(["ok", "EXTERNAL_ID_TAKEN"]);
    const other = (await testPlatform.createSite()).siteId;
    const renamed =
      (id: string): Change =>
      (trx) =>
        testPlatform.platform.sites.change(trx, actor, { siteId: id, externalId: `renamed ${siteId}` });
    expect(await overlap(renamed(siteId), renamed(other))).toEqual(["ok", "EXTERNAL_ID_TAKEN"]);
  });

  function changes() {
    const platform = () => testPlatform.platform;
    const installed: Change = (trx) => platform().instances.install(trx, actor, { appId, siteId });
    return {
      installed,
      install: installed,
      removeInstance: ((trx) => platform().instances.remove(trx, actor, instanceId)) as Change,
      suspend: ((trx) => platform().instances.suspend(trx, actor, instanceId)) as Change,
      removeSite: ((trx) => platform().sites.markDeleted(trx, actor, siteId)) as Change,
      removeApp: ((trx) => platform().apps.remove(trx, actor, appId)) as Change,
      async copySite() {
        const { sites } = platform();
        const copy = await sites.prepareCopy(actor, siteId);
        const complete: Change = (trx) => sites.completeCopy(trx, actor, copy);
        return { siteId: copy.to.siteId, complete };
      },
      disableApp: ((trx) => platform().apps.change(trx, actor, { appId, enabled: false })) as Change,
    };
  }
});

type Change = (trx: Write) => Promise<unknown>;

async function outcome(change: Promise<unknown>): Promise<string> {
  return await change.then(
    () => "ok",
    (error) => error.code ?? String(error),
  );
}
