import { stores } from "@latchkey/stores";
import { type CallManagement, managementCaller } from "@latchkey/test-support/management-client";
import { createPerson } from "@latchkey/test-support/people";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../../testing/index.ts";

const readProducts = "SCOPE.DC-STORES.READ-PRODUCTS";
const manageProducts = "SCOPE.DC-STORES.MANAGE-PRODUCTS";
const basicInfo = "SCOPE.DEV_CENTER.APP-INSTANCE-READ-BASIC-INFO";
const always = "SCOPE.DC.MANAGE-YOUR-APP";

describe.each(["sqlite", "postgres"] as const)("/installer/approve on %s", (engine) => {
  let platform: TestPlatform;
  let call: CallManagement;

  beforeAll(async () => {
    platform = await createTestPlatform({ database: engine, resources: [stores] });
    call = managementCaller(platform);
    await call("PUT /roles/EDITOR", { body: { permissions: [] } });
  });
  afterAll(() => platform.close());

  async function prepare() {
    const { appId } = await platform.createApp({
      name: "Shipping Rates",
      scopes: [readProducts, { scopeId: manageProducts, optional: true, reason: "To write weights." }],
    });
    const { siteId } = await platform.createSite({ name: "Corner Shop" });
    const person = await createPerson(platform);
    await call(`PUT /sites/${siteId}/members/${person.accountId}`, { body: { role: "OWNER" } });
    const { instanceId } = await platform.install({ appId, siteId });
    return {
      appId,
      siteId,
      instanceId,
      visitor: person.visitor,
      path: `/installer/approve?instanceId=${instanceId}`,
    };
  }

  const grantOf = async (instanceId: string) => (await call(`GET /instances/${instanceId}`)).body.grant;

  test("an owner withdraws an optional scope, and gives it back", async () => {
    const { instanceId, path, visitor } = await prepare();
    const page = await visitor.open(path);
    expect(page.title).toBe("What Shipping Rates may do on Corner Shop");
    const saved = await visitor.send(page, { decision: "approve", scope: [readProducts] });
    expect(saved.text).toContain("Saved. The change applies now.");
    expect(await grantOf(instanceId)).toEqual([readProducts, always]);
    expect(saved.text).toContain("You declined");
    await visitor.send(saved, { decision: "approve", scope: [readProducts, manageProducts] });
    expect(await grantOf(instanceId)).toEqual([manageProducts, readProducts, always]);
  });

  test("H9 an owner sees what the app requests since: what it keeps, what is new and why, what it no longer asks for", async () => {
    const { appId, instanceId, path, visitor } = await prepare();
    const scopes = [
      { scopeId: basicInfo, reason: "To show your name." },
      { scopeId: manageProducts, optional: true },
    ];
    await call(`PATCH /apps/${appId}`, { body: { scopes } });
    expect(await grantOf(instanceId)).toEqual([manageProducts, readProducts, always]);
    const page = await visitor.open(path);
    expect(page.title).toBe("Shipping Rates asks for other permissions on Corner Shop");
    const order = [
      "The app also asks for",
      "“To show your name.”",
      "The app keeps",
      "The app no longer asks for",
      "Read Products",
    ];
    const places = order.map((text) => page.text.indexOf(text));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
    await visitor.send(page, { decision: "approve" });
    expect(await grantOf(instanceId)).toEqual([manageProducts, always, basicInfo].sort());
  });

  test("an owner withdraws an optional scope without approving new ones", async () => {
    const { appId, instanceId, path, visitor } = await prepare();
    const scopes = [
      readProducts,
      { scopeId: basicInfo, reason: "New." },
      { scopeId: manageProducts, optional: true },
    ];
    await call(`PATCH /apps/${appId}`, { body: { scopes } });
    const page = await visitor.open(path);
    await visitor.send(page, { decision: "withdraw", scope: [readProducts, basicInfo] });
    expect(await grantOf(instanceId)).toEqual([readProducts, always]);
    expect((await visitor.open(path)).text).toContain("The app also asks for");
  });

  test("shows the page again when the app changes its scopes meanwhile", async () => {
    const { appId, instanceId, path, visitor } = await prepare();
    const page = await visitor.open(path);
    await call(`PATCH /apps/${appId}`, {
      body: { scopes: [readProducts, { scopeId: basicInfo, reason: "New." }] },
    });
    const again = await visitor.send(page, { decision: "approve", scope: [readProducts] });
    expect(again.text).toContain("What this page shows has changed since you opened it");
    expect(await grantOf(instanceId)).toEqual([manageProducts, readProducts, always]);
  });

  test("H5 nobody else decides, and no forged form does", async () => {
    const { instanceId, path, siteId, visitor } = await prepare();
    const page = await visitor.open(path);
    const editor = await createPerson(platform, "Editor");
    await call(`PUT /sites/${siteId}/members/${editor.accountId}`, { body: { role: "EDITOR" } });
    const stranger = await createPerson(platform, "Stranger");
    const decision = { decision: "approve", scope: [readProducts] };
    const attempts = [
      await editor.visitor.open(path),
      await stranger.visitor.open(path),
      await editor.visitor.send(page, decision),
      await visitor.send(page, decision, { "sec-fetch-site": "cross-site" }),
      await visitor.send(page, { ...decision, scope: [] }),
      await visitor.send(page, { ...decision, scope: [readProducts, "SCOPE.OTHER"] }),
    ];
    expect(attempts.map(({ status, text }) => [status, /<code>(\w+)<\/code>/.exec(text)?.[1]])).toEqual([
      [403, "NOT_AN_OWNER"],
      [404, "INSTANCE_NOT_FOUND"],
      [403, "FORM_EXPIRED"],
      [403, "FORM_FROM_ANOTHER_SITE"],
      [400, "REQUIRED_SCOPE_MISSING"],
      [400, "INVALID_FORM"],
    ]);
    expect(await grantOf(instanceId)).toEqual([manageProducts, readProducts, always]);
  });
});
