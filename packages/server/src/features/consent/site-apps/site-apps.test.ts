import { stores } from "@latchkey/stores";
import { createAccount, type TestAccount } from "@latchkey/test-support/accounts";
import { type CallManagement, errorBody, managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../../testing/index.ts";

const readProducts = "SCOPE.DC-STORES.READ-PRODUCTS";
const manageProducts = "SCOPE.DC-STORES.MANAGE-PRODUCTS";

describe.each(["sqlite", "postgres"] as const)("the apps of a site on %s", (engine) => {
  let platform: TestPlatform;
  let admin: CallManagement;
  let member: TestAccount;
  beforeAll(async () => {
    platform = await createTestPlatform({ database: engine, resources: [stores], now: 1_767_323_045_678 });
    admin = managementCaller(platform);
    await admin("PUT /roles/EDITOR", { body: { permissions: [] } });
    member = await createAccount(platform, "member");
  });
  afterAll(() => platform.close());

  async function addSite(): Promise<string> {
    const { siteId } = await platform.createSite();
    await admin(`PUT /sites/${siteId}/members/${member.accountId}`, { body: { role: "EDITOR" } });
    return siteId;
  }

  test("have names, pages, and scopes in words with what the owner decided about each", async () => {
    const siteId = await addSite();
    const { appId } = await platform.createApp({
      name: "Night Prices",
      scopes: [{ scopeId: readProducts }, { scopeId: manageProducts, optional: true, reason: "Prices" }],
    });
    const { instanceId } = await platform.install({ appId, siteId, grant: [readProducts] });
    const page = { kind: "IFRAME_PAGE", url: "https://app.example/page" };
    const { body: added } = await admin(`POST /apps/${appId}/extensions`, { body: page });
    const plugin = { kind: "SERVICE_PLUGIN", componentType: "ECOM_SHIPPING_RATES" };
    await admin(`POST /apps/${appId}/extensions`, { body: { ...plugin, baseUri: "http://127.0.0.1:9999" } });
    const { body, status } = await member.call(`GET /sites/${siteId}/apps`);
    const shown = {
      ...{ siteId, appId, instanceId, name: "Night Prices", enabled: true, state: "installed" },
      scopes: [
        {
          ...{ scopeId: readProducts, name: "Read Products", optional: false, reason: null },
          permissions: expect.arrayContaining([
            {
              permissionId: "WIX_STORES.READ_PRODUCTS",
              description: "Read products and collections of a store",
            },
          ]),
          status: "granted",
        },
        {
          ...{ scopeId: manageProducts, name: "Manage Products", optional: true, reason: "Prices" },
          permissions: expect.arrayContaining([expect.anything()]),
          status: "declined",
        },
      ],
      pages: [{ extensionId: added.extensionId, ...page }],
      ...{ originInstanceId: null, lastTokenAt: null },
      ...{ createdAt: "2026-01-02T03:04:05.678Z", updatedAt: "2026-01-02T03:04:05.678Z" },
    };
    expect([status, body]).toEqual([200, { items: [shown], nextCursor: null }]);
    expect((await member.call(`GET /sites/${siteId}/apps/${appId}`)).body).toEqual(shown);
  });

  test("show the scopes that wait for the owner, and those that the app no longer requests", async () => {
    const siteId = await addSite();
    const { appId } = await platform.createApp({ scopes: [readProducts] });
    await platform.install({ appId, siteId });
    const scopes = [{ scopeId: manageProducts, reason: "To change prices" }];
    await admin(`PATCH /apps/${appId}`, { body: { scopes } });
    const { body } = await member.call(`GET /sites/${siteId}/apps/${appId}`);
    expect(body.scopes).toMatchObject([
      { scopeId: manageProducts, reason: "To change prices", optional: false, status: "added" },
      { scopeId: readProducts, status: "dropped" },
    ]);
  });

  test("are listed in pages, without apps that were deleted", async () => {
    const siteId = await addSite();
    const names = ["A", "B", "C", "Deleted"];
    for (const name of names) {
      const { appId } = await platform.createApp({ name });
      const { instanceId } = await platform.install({ appId, siteId });
      if (name !== "Deleted") continue;
      await platform.remove(instanceId);
      expect((await admin(`DELETE /apps/${appId}`)).status).toBe(200);
    }
    const found: unknown[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const more: string = cursor && `&cursor=${cursor}`;
      const { body } = await member.call(`GET /sites/${siteId}/apps?limit=1${more}`);
      found.push(...body.items.map(({ name }) => name));
      cursor = body.nextCursor;
    }
    expect(found.sort()).toEqual(["A", "B", "C"]);
  });

  test("are not shown to others", async () => {
    const siteId = await addSite();
    const { appId } = await platform.createApp();
    await platform.install({ appId, siteId });
    const stranger = await createAccount(platform, "stranger", { isDeveloper: true });
    for (const path of ["apps", `apps/${appId}`]) {
      const response = await stranger.call(`GET /sites/${siteId}/${path}`);
      expect([path, response.status]).toEqual([path, 404]);
    }
    const other = await platform.createApp();
    const unknown = await member.call(`GET /sites/${siteId}/apps/${other.appId}`);
    expect([unknown.status, unknown.body]).toEqual([
      404,
      errorBody("INSTANCE_NOT_FOUND", "There is no instance with this id."),
    ]);
  });
});
