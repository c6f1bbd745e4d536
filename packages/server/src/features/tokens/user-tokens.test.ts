import { importInstanceKey, writeInstanceParameter } from "@latchkey/protocol";
import { stores } from "@latchkey/stores";
import { errorBody, managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";

const manage = "SCOPE.DC-STORES.MANAGE-PRODUCTS";

let platform: TestPlatform;
let call: ReturnType<typeof managementCaller>;
let app: Awaited<ReturnType<TestPlatform["createApp"]>>;
let siteId: string;
let instanceId: string;

beforeAll(async () => {
  platform = await createTestPlatform({ resources: [stores], seed: "user tokens" });
  call = managementCaller(platform);
  await call("PUT /roles/VIEWER", { body: { permissions: ["WIX_STORES.READ_PRODUCTS"] } });
});
afterAll(() => platform.close());
beforeEach(async () => {
  app = await platform.createApp({ scopes: [{ scopeId: manage, optional: true }] });
  ({ siteId } = await platform.createSite());
  ({ instanceId } = await platform.install({ appId: app.appId, siteId }));
  await setRole("VIEWER");
});

const setRole = (role: string, accountId = "user-1") =>
  call(`PUT /sites/${siteId}/members/${accountId}`, { body: { role } });
const tokenOf = async (accountId = "user-1"): Promise<string> =>
  String((await call(`POST /instances/${instanceId}/user-token`, { body: { accountId } })).body.accessToken);
const post = async (path: string, body: object, token?: string) => {
  const response = await fetch(platform.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token === undefined ? {} : { authorization: token }) },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const read = (token: string) => post("/stores/v1/products/query", {}, token);
const product = { name: "Mug", productType: "physical", priceData: { price: 9 } };
const write = (token: string) => post("/stores/v1/products", { product }, token);
const info = async (token: string) => (await post("/oauth2/token-info", { token })).body;
const strip = (token: string, secret = app.secret.value) =>
  post("/oauth2/token", { grant_type: "strip_bound_session", access_token: token, client_secret: secret });

describe("a token of a user", () => {
  test("names its user, and is valid for ten minutes", async () => {
    const token = await tokenOf();
    const now = Math.floor(platform.clock.now() / 1_000);
    expect(await info(token)).toEqual({
      active: true,
      subjectType: "USER",
      subjectId: "user-1",
      clientId: app.appId,
      siteId,
      instanceId,
      iat: String(now),
      exp: String(now + 600),
    });
    await platform.clock.advance(600_000);
    expect(await info(token)).toEqual({ active: false });
  });

  test("has the permissions that grant and role have in common now", async () => {
    const token = await tokenOf();
    expect([(await read(token)).status, (await write(token)).status]).toEqual([200, 403]);
    await setRole("OWNER");
    expect((await write(token)).status).toBe(200);
    await platform.approve(instanceId, ["SCOPE.DC-STORES.MANAGE-PRODUCTS"]);
    await call("PUT /roles/NOBODY", { body: { permissions: [] } });
    await setRole("NOBODY");
    expect((await read(token)).status).toBe(403);
  });

  test("has no permission that the app does not have", async () => {
    await setRole("OWNER");
    await platform.approve(instanceId, []);
    expect((await read(await tokenOf())).status).toBe(403);
  });

  test("is invalid after removal of the member, and after revoking the tokens of the instance", async () => {
    const first = await tokenOf();
    await call(`DELETE /sites/${siteId}/members/user-1`);
    expect([(await read(first)).status, await info(first)]).toEqual([401, { active: false }]);
    await setRole("VIEWER");
    const second = await tokenOf();
    await call(`POST /instances/${instanceId}/revoke-tokens`);
    expect((await read(second)).status).toBe(401);
  });

  test("is exchanged for a token with the same user, permissions and end", async () => {
    const token = await tokenOf();
    await platform.clock.advance(60_000);
    const { body, status } = await strip(token);
    expect([status, body.expires_in]).toEqual([200, expect.closeTo(540, -1)]);
    const stripped = String(body.access_token);
    expect(await info(stripped)).toMatchObject({ subjectType: "USER", subjectId: "user-1" });
    expect([(await read(stripped)).status, (await write(stripped)).status]).toEqual([200, 403]);
    await call(`DELETE /sites/${siteId}/members/user-1`);
    expect((await read(stripped)).status).toBe(401);
  });

  test("is exchanged only by its own app", async () => {
    const other = await platform.createApp();
    expect((await strip(await tokenOf(), other.secret.value)).status).toBe(401);
  });

  test("names its user in forward-auth", async () => {
    const response = await fetch(`${platform.url}/forward-auth`, {
      headers: { authorization: await tokenOf() },
    });
    expect([
      response.status,
      response.headers.get("x-latchkey-subject"),
      response.headers.get("x-latchkey-permissions"),
    ]).toEqual([200, "user-1", "WIX_STORES.READ_PRODUCTS"]);
  });

  test("publishes events with the user as identity", async () => {
    await setRole("OWNER");
    await write(await tokenOf());
    const { read: db } = platform.platform.database;
    const events = await db.selectFrom("events").select("identity").where("site_id", "=", siteId).execute();
    expect(events.map(({ identity }) => identity && JSON.parse(identity))).toContainEqual({
      identityType: "WIX_USER",
      wixUserId: "user-1",
    });
  });

  test("is minted only for members, only for installed instances, and not for a member with the id of the app", async () => {
    const ask = (accountId: string) =>
      call(`POST /instances/${instanceId}/user-token`, { body: { accountId } });
    expect((await ask("stranger")).body).toEqual(
      errorBody("MEMBER_NOT_FOUND", "The site has no member with this accountId."),
    );
    await setRole("OWNER", app.appId);
    expect((await ask(app.appId)).status).toBe(400);
    expect((await ask("no spaces")).status).toBe(400);
    await platform.remove(instanceId);
    expect((await ask("user-1")).status).toBe(409);
  });
});

describe("an instance parameter that the app forged with its secret", () => {
  async function forge(change: object): Promise<string> {
    const key = await importInstanceKey(app.secret.value);
    const at = (ms: number) => new Date(platform.clock.now() + ms).toISOString();
    const times = { signDate: at(0), expirationDate: at(3_600_000) };
    return await writeInstanceParameter({ instanceId, appDefId: app.appId, ...times, ...change }, key);
  }

  test("D12 with an owner as user: token-info has no user, and no resource, grant or proxy accepts it", async () => {
    const forged = await forge({ uid: "owner-1", permissions: "OWNER" });
    expect(Object.keys(await info(forged)).sort()).toEqual(
      ["active", "clientId", "exp", "iat", "instanceId", "siteId", "subjectType"].sort(),
    );
    for (const response of [await read(forged), await write(forged)]) expect(response.status).toBe(401);
    expect((await strip(forged)).body).toMatchObject({ error: "invalid_grant" });
    const proxy = await fetch(`${platform.url}/forward-auth`, { headers: { authorization: forged } });
    expect(proxy.status).toBe(401);
    const basic = Buffer.from(`${app.appId}:${app.secret.value}`).toString("base64");
    const introspected = await fetch(`${platform.url}/oauth2/introspect`, {
      method: "POST",
      headers: { authorization: `Basic ${basic}`, "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ token: forged }),
    });
    expect(await introspected.json()).toEqual({ active: false });
  });

  test("is inactive with the instance of another site, and with another app", async () => {
    const other = await platform.createApp();
    const site = await platform.createSite();
    const foreign = await platform.install({ appId: other.appId, siteId: site.siteId });
    for (const change of [
      { instanceId: foreign.instanceId },
      { instanceId: foreign.instanceId, appDefId: other.appId },
      { appDefId: undefined },
      { instanceId: crypto.randomUUID() },
    ]) {
      expect(await info(await forge(change))).toEqual({ active: false });
    }
  });

  test("is not recorded in the audit log", async () => {
    const before = await call("GET /audit?limit=100");
    await info(await forge({ uid: "owner-1", permissions: "OWNER" }));
    expect((await call("GET /audit?limit=100")).text).toBe(before.text);
  });
});
