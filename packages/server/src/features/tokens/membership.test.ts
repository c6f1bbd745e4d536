import { stores } from "@latchkey/stores";
import { managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";
import { engines } from "../../testing/test-database.ts";

describe.each(engines)("a token of a member on %s", (database) => {
  let platform: TestPlatform;
  let call: ReturnType<typeof managementCaller>;
  let app: Awaited<ReturnType<TestPlatform["createApp"]>>;
  let siteId: string;
  let instanceId: string;

  beforeAll(async () => {
    platform = await createTestPlatform({ resources: [stores], database, seed: "memberships" });
    call = managementCaller(platform);
    await call("PUT /roles/VIEWER", { body: { permissions: ["WIX_STORES.READ_PRODUCTS"] } });
    app = await platform.createApp({ scopes: ["SCOPE.DC-STORES.MANAGE-PRODUCTS"] });
  });
  afterAll(() => platform.close());
  beforeEach(async () => {
    ({ siteId } = await platform.createSite());
    ({ instanceId } = await platform.install({ appId: app.appId, siteId }));
  });

  const member = () => `/sites/${siteId}/members/eve`;
  const add = (role: string) => call(`PUT ${member()}`, { body: { role } });
  const remove = () => call(`DELETE ${member()}`);
  const pageToken = async (): Promise<string> =>
    String(
      (await call(`POST /instances/${instanceId}/user-token`, { body: { accountId: "eve" } })).body
        .accessToken,
    );
  const post = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const response = await fetch(platform.url + path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const strip = (access_token: string) =>
    post("/oauth2/token", {
      grant_type: "strip_bound_session",
      access_token,
      client_secret: app.secret.value,
    });
  const stripped = async (token: string) => String((await strip(token)).body.access_token);
  const product = { name: "Mug", productType: "physical", priceData: { price: 9 } };
  /** Statuses of reading, writing and forward-auth, and `active` of token-info and introspection. */
  async function outcomes(token: string) {
    const authorization = token;
    const client = { client_id: app.appId, client_secret: app.secret.value };
    return [
      (await post("/stores/v1/products/query", {}, { authorization })).status,
      (await post("/stores/v1/products", { product }, { authorization })).status,
      (await fetch(`${platform.url}/forward-auth`, { headers: { authorization } })).status,
      (await post("/oauth2/token-info", { token })).body.active,
      (await post("/oauth2/introspect", { ...client, token })).body.active,
    ];
  }
  const invalid = [401, 401, 401, false, false];
  const reads = [200, 403, 200, true, true];
  const writes = [200, 200, 200, true, true];

  test("FR-A7: stays invalid when the member is removed and added again with a higher role", async () => {
    await add("VIEWER");
    const token = await pageToken();
    const exchanged = await stripped(token);
    const twice = await stripped(exchanged);
    for (const one of [token, exchanged, twice]) expect(await outcomes(one)).toEqual(reads);
    await remove();
    for (const one of [token, exchanged, twice]) expect(await outcomes(one)).toEqual(invalid);
    await add("OWNER");
    for (const one of [token, exchanged, twice]) expect(await outcomes(one)).toEqual(invalid);
    expect((await strip(token)).body).toMatchObject({ error: "invalid_grant" });
    expect(await outcomes(await pageToken())).toEqual(writes);
  });

  test("FR-A7: stays invalid each time the member is added again, with any role", async () => {
    const tokens: string[] = [];
    for (const role of ["OWNER", "VIEWER", "OWNER"]) {
      await add(role);
      for (const old of tokens) expect(await outcomes(old)).toEqual(invalid);
      tokens.push(await pageToken());
      await remove();
    }
  });

  test("FR-A7: stays valid when the role changes, and has the permissions of the new role", async () => {
    await add("VIEWER");
    const token = await pageToken();
    await add("OWNER");
    expect(await outcomes(token)).toEqual(writes);
    await add("VIEWER");
    expect(await outcomes(token)).toEqual(reads);
  });

  test("FR-A7: is invalid only on the site that the member left", async () => {
    await add("VIEWER");
    const token = await pageToken();
    const other = await platform.createSite();
    await call(`PUT /sites/${other.siteId}/members/eve`, { body: { role: "OWNER" } });
    await call(`DELETE /sites/${other.siteId}/members/eve`);
    expect(await outcomes(token)).toEqual(reads);
  });

  test("FR-A7: a removed member is not listed, not found and opens no page", async () => {
    await add("OWNER");
    await call(`PUT /sites/${siteId}/members/zoe`, { body: { role: "OWNER" } });
    await remove();
    const { body } = await call(`GET /sites/${siteId}/members`);
    expect(body.items).toEqual([{ siteId, accountId: "zoe", name: null, role: "OWNER" }]);
    const missing = "The site has no member with this accountId.";
    for (const response of [
      await remove(),
      await call(`POST /instances/${instanceId}/user-token`, { body: { accountId: "eve" } }),
    ]) {
      expect([response.status, response.body.message]).toEqual([404, missing]);
    }
  });

  test("FR-A7: a copy of the site has no members, and deleting the site makes the tokens invalid", async () => {
    await add("OWNER");
    const token = await pageToken();
    const copy = await call(`POST /sites/${siteId}/copy`);
    expect((await call(`GET /sites/${copy.body.siteId}/members`)).body.items).toEqual([]);
    expect(await outcomes(token)).toEqual(writes);
    await call(`DELETE /sites/${siteId}`);
    expect(await outcomes(token)).toEqual(invalid);
  });
});
