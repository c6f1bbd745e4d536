import { importInstanceKey, readInstanceParameter } from "@latchkey/protocol";
import { createAccount } from "@latchkey/test-support/accounts";
import { errorBody, managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";

let platform: TestPlatform;
let call: ReturnType<typeof managementCaller>;
let app: Awaited<ReturnType<TestPlatform["createApp"]>>;
let siteId: string;
let instanceId: string;

beforeAll(async () => {
  platform = await createTestPlatform({ seed: "pages" });
  call = managementCaller(platform);
});
afterAll(() => platform.close());
beforeEach(async () => {
  app = await platform.createApp();
  ({ siteId } = await platform.createSite({ locale: "de", url: "https://shop.example/" }));
  ({ instanceId } = await platform.install({ appId: app.appId, siteId }));
  await call(`PUT /sites/${siteId}/members/owner-1`, { body: { role: "OWNER" } });
});

async function addPage(kind = "IFRAME_PAGE", id = app.appId): Promise<string> {
  const body =
    kind === "SERVICE_PLUGIN"
      ? { kind, componentType: "ECOM_SHIPPING_RATES", baseUri: "http://127.0.0.1:9999" }
      : { kind, url: "https://app.example/page?tab=1&instance=mine" };
  return String((await call(`POST /apps/${id}/extensions`, { body })).body.extensionId);
}
const open = (body: object) => call(`POST /instances/${instanceId}/page-url`, { body });
const parameterIn = (url: unknown): string => new URL(String(url)).searchParams.get("instance") ?? "";
async function opened(url: unknown, secret = app.secret.value) {
  const keys = [await importInstanceKey(secret)];
  return await readInstanceParameter(parameterIn(url), { keys, now: platform.clock.now() });
}
async function info(token: string): Promise<unknown> {
  const response = await fetch(`${platform.url}/oauth2/token-info`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token }),
  });
  expect(response.status).toBe(200);
  return await response.json();
}

describe("the URL of a page", () => {
  test("contains the account, signed with the app's primary secret", async () => {
    const extensionId = await addPage();
    const { body, status } = await open({ extensionId, accountId: "owner-1" });
    const now = platform.clock.now();
    expect([status, body.expiresAt]).toEqual([200, new Date(now + 14_400_000).toISOString()]);
    const url = new URL(String(body.url));
    expect([url.origin, url.pathname, [...url.searchParams.keys()]]).toEqual([
      "https://app.example",
      "/page",
      ["tab", "instance", "locale", "viewMode", "cacheKiller", "siteUrl"],
    ]);
    expect(await opened(body.url)).toEqual({
      parameter: {
        instanceId,
        appDefId: app.appId,
        uid: "owner-1",
        permissions: "OWNER",
        siteOwnerId: "owner-1",
        signDate: new Date(now).toISOString(),
        expirationDate: new Date(now + 14_400_000).toISOString(),
        demoMode: false,
        vendorProductId: null,
      },
    });
  });

  test("of an external page has only the parameter and the locale", async () => {
    const { body } = await open({ extensionId: await addPage("EXTERNAL_PAGE"), accountId: "owner-1" });
    expect([...new URL(String(body.url)).searchParams.keys()]).toEqual(["tab", "instance", "locale"]);
  });

  test("has no user unless the request has an accountId", async () => {
    const { body } = await open({ extensionId: await addPage() });
    expect(await opened(body.url)).toMatchObject({ parameter: { uid: null, permissions: "" } });
  });

  test("is created by a member for itself alone", async () => {
    const extensionId = await addPage();
    await call("PUT /roles/EDITOR", { body: { permissions: [] } });
    const member = await createAccount(platform, "member");
    await call(`PUT /sites/${siteId}/members/${member.accountId}`, { body: { role: "EDITOR" } });
    const path = `POST /instances/${instanceId}/page-url`;
    const own = await member.call(path, { body: { extensionId } });
    expect(await opened(own.body.url)).toMatchObject({
      parameter: { uid: member.accountId, permissions: "EDITOR" },
    });
    const other = await member.call(path, { body: { extensionId, accountId: "owner-1" } });
    expect([other.status, other.body]).toEqual([
      403,
      errorBody("PERMISSION_DENIED", "An account opens pages as itself; leave accountId out."),
    ]);
    const operator = await createAccount(platform, "operator", { isOperator: true });
    const anonymous = await operator.call(path, { body: { extensionId } });
    expect(await opened(anonymous.body.url)).toMatchObject({ parameter: { uid: null, permissions: "" } });
    const named = await operator.call(path, { body: { extensionId, accountId: "owner-1" } });
    expect(await opened(named.body.url)).toMatchObject({ parameter: { uid: "owner-1" } });
  });

  test("FR-A7: has the current owner; an owner who is added again counts as the newest", async () => {
    const extensionId = await addPage();
    const expectOwner = async (siteOwnerId: string) => {
      const { body } = await open({ extensionId, accountId: "owner-2" });
      expect(await opened(body.url)).toMatchObject({ parameter: { siteOwnerId } });
    };
    const member = (accountId: string) => `/sites/${siteId}/members/${accountId}`;
    await platform.clock.advance(1);
    await call(`PUT ${member("owner-2")}`, { body: { role: "OWNER" } });
    await expectOwner("owner-1");
    await call(`DELETE ${member("owner-1")}`);
    await expectOwner("owner-2");
    await platform.clock.advance(1);
    await call(`PUT ${member("owner-1")}`, { body: { role: "OWNER" } });
    await call(`PUT ${member("owner-1")}`, { body: { role: "OWNER" } });
    await expectOwner("owner-2");
    await call(`DELETE ${member("owner-2")}`);
  });

  test("is signed with the current primary secret", async () => {
    const extensionId = await addPage();
    await open({ extensionId });
    const { body: second } = await call(`POST /apps/${app.appId}/secrets`, { body: { name: "Second" } });
    await call(`POST /apps/${app.appId}/secrets/${second.secretId}/promote`);
    const { body } = await open({ extensionId });
    expect(await opened(body.url)).toEqual({ reason: "bad_signature" });
    expect(await opened(body.url, second.value)).toMatchObject({ parameter: { instanceId } });
  });

  test("is created only for members, pages and installed instances", async () => {
    const extensionId = await addPage();
    const other = await platform.createApp();
    for (const [body, status, code] of [
      [{ extensionId, accountId: "unknown" }, 404, "MEMBER_NOT_FOUND"],
      [{ extensionId: await addPage("IFRAME_PAGE", other.appId) }, 404, "EXTENSION_NOT_FOUND"],
    ] as const) {
      const response = await open(body);
      expect([response.status, response.text]).toEqual([status, expect.stringContaining(code)]);
    }
    const plugin = await open({ extensionId: await addPage("SERVICE_PLUGIN") });
    expect([plugin.status, plugin.text]).toEqual([400, expect.stringContaining("is a service plugin")]);
    await platform.suspend(instanceId);
    expect((await open({ extensionId })).body).toEqual(
      errorBody("INSTANCE_NOT_INSTALLED", "The instance is not in a state that allows this."),
    );
    await platform.resume(instanceId);
    await call(`PATCH /apps/${app.appId}`, { body: { enabled: false } });
    expect((await open({ extensionId })).status).toBe(409);
  });
});

describe("token-info of the instance parameter", () => {
  test("returns the instance and no user", async () => {
    const { body } = await open({ extensionId: await addPage(), accountId: "owner-1" });
    const now = Math.floor(platform.clock.now() / 1_000);
    expect(await info(parameterIn(body.url))).toEqual({
      active: true,
      subjectType: "UNKNOWN",
      clientId: app.appId,
      siteId,
      instanceId,
      iat: String(now),
      exp: String(now + 14_400),
    });
  });

  test("is active after another secret is promoted, until the secret that signed it is deleted", async () => {
    const { body } = await open({ extensionId: await addPage() });
    const value = parameterIn(body.url);
    const { body: second } = await call(`POST /apps/${app.appId}/secrets`, { body: { name: "Second" } });
    await call(`POST /apps/${app.appId}/secrets/${second.secretId}/promote`);
    expect(await info(value)).toMatchObject({ active: true });
    await call(`DELETE /apps/${app.appId}/secrets/${app.secret.secretId}`);
    expect(await info(value)).toEqual({ active: false });
  });

  test.each<[string, () => Promise<unknown>]>([
    ["removed", () => platform.remove(instanceId)],
    ["suspended", () => platform.suspend(instanceId)],
    ["of an app that is disabled", () => call(`PATCH /apps/${app.appId}`, { body: { enabled: false } })],
    ["four hours old", () => platform.clock.advance(14_400_000)],
  ])("is inactive when the instance is %s", async (_, change) => {
    const { body } = await open({ extensionId: await addPage() });
    await change();
    expect(await info(parameterIn(body.url))).toEqual({ active: false });
  });
});
