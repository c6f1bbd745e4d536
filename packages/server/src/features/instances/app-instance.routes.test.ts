import { stores } from "@latchkey/stores";
import { requestToken } from "@latchkey/test-support/request-token";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";

const read = "SCOPE.DC-STORES.READ-PRODUCTS";
const manage = "SCOPE.DC-STORES.MANAGE-PRODUCTS";
const always = "SCOPE.DC.MANAGE-YOUR-APP";

describe("an app learns what it may do", () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await createTestPlatform({ resources: [stores] });
  });
  afterAll(() => platform.close());

  const install = async (grant: readonly string[]) => {
    const { appId, secret } = await platform.createApp({
      scopes: [
        { scopeId: read, optional: true },
        { scopeId: manage, optional: true },
      ],
    });
    const { siteId } = await platform.createSite();
    const { instanceId } = await platform.install({ appId, siteId, grant });
    const token = await requestToken(platform.url, { appId, secret: secret.value, instanceId });
    const ask = async (method: string, path: string, authorization = token) => {
      const headers = { authorization, "content-type": "application/json" };
      const response = await fetch(platform.url + path, {
        ...{ method, headers },
        ...(method === "POST" ? { body: "{}" } : {}),
      });
      return { status: response.status, body: await response.json() };
    };
    const approvalUrl = `${platform.url}/installer/approve?instanceId=${instanceId}`;
    return { instanceId, siteId, ask, approvalUrl };
  };
  const query = "/stores/v1/products/query";

  test("from Get App Instance: the granted scopes, and where the owner can approve what is missing", async () => {
    const { approvalUrl, ask, instanceId } = await install([read]);
    const permissions = expect.arrayContaining(["WIX_STORES.READ_PRODUCTS"]);
    const some = await ask("GET", "/apps/v1/instance");
    expect([some.status, some.body.instance]).toMatchObject([
      200,
      { permissions, grantedScopes: [read, always], approvalUrl },
    ]);
    await platform.approve(instanceId, [read, manage]);
    const { instance } = (await ask("GET", "/apps/v1/instance")).body;
    expect([instance.grantedScopes, instance.approvalUrl]).toEqual([[manage, read, always], undefined]);
  });

  test("from the 403 of a permission that the owner can approve", async () => {
    const { approvalUrl, ask } = await install([]);
    const { body, status } = await ask("POST", query);
    expect([status, body.details.applicationError]).toMatchObject([
      403,
      { code: "PERMISSION_DENIED", data: { permission: "WIX_STORES.READ_PRODUCTS", approvalUrl } },
    ]);
    const proxied = await ask("GET", "/forward-auth?permission=WIX_STORES.READ_PRODUCTS");
    expect(proxied.body.details.applicationError.data).toEqual(body.details.applicationError.data);
  });

  test("without a page where no approval would help: granted already, not requested, or not of the role", async () => {
    const { ask, instanceId, siteId } = await install([]);
    const dataOf = async (path: string, token?: string) =>
      (await ask("GET", path, token)).body.details.applicationError.data;
    await platform.approve(instanceId, [read, manage]);
    // The token has fewer scopes than the instance.
    expect(await dataOf("/forward-auth?permission=WIX_STORES.READ_PRODUCTS")).toEqual({
      permission: "WIX_STORES.READ_PRODUCTS",
    });
    expect(await dataOf("/forward-auth?permission=WIX_OTHER")).toEqual({ permission: "WIX_OTHER" });
    await platform.approve(instanceId, []);
    const manageMembers = async (path: string, body: object) => {
      const response = await fetch(`${platform.url}/admin/v1${path}`, {
        method: path.endsWith("user-token") ? "POST" : "PUT",
        headers: { authorization: `Bearer ${platform.adminKey}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      return await response.json();
    };
    await manageMembers("/roles/NOBODY", { permissions: ["WIX_DEVELOPERS.MANAGE_APP_INSTANCE"] });
    await manageMembers(`/sites/${siteId}/members/user-1`, { role: "NOBODY" });
    const user = await manageMembers(`/instances/${instanceId}/user-token`, { accountId: "user-1" });
    expect(
      await dataOf("/forward-auth?permission=WIX_STORES.READ_PRODUCTS", String(user.accessToken)),
    ).toEqual({ permission: "WIX_STORES.READ_PRODUCTS" });
  });
});
