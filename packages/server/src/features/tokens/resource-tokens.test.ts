import { parseAccessToken } from "@latchkey/protocol";
import { managementCaller } from "@latchkey/test-support/management-client";
import {
  createBookingScopes,
  createOwnApi,
  manageBookings,
  manageScope,
  type OwnApi,
  readBookings,
  readScope,
} from "@latchkey/test-support/own-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";

const audience = "https://api.example.com/bookings";
const alwaysGranted = "SCOPE.DC.MANAGE-YOUR-APP";

describe.each(["sqlite", "postgres"] as const)("a token for a resource on %s", (engine) => {
  let platform: TestPlatform;
  let api: OwnApi;
  let other: OwnApi;

  beforeAll(async () => {
    platform = await createTestPlatform({ database: engine });
    await createBookingScopes(platform);
    api = await createOwnApi(platform, audience);
    other = await createOwnApi(platform, "https://api.example.com/calendar");
  });
  afterAll(() => platform.close());

  const introspect = async (token: string, authorization: string) => {
    const response = await fetch(`${platform.url}/oauth2/introspect`, {
      method: "POST",
      headers: { authorization },
      body: new URLSearchParams({ token }),
    });
    const challenge = response.headers.get("www-authenticate");
    return { status: response.status, challenge, body: await response.json() };
  };
  const asResource = (token: string) => introspect(token, `Bearer ${api.apiKey}`);

  test("is requested by the identifier, which is its only audience", async () => {
    const claims = parseAccessToken(await api.mint())?.claims;
    expect(claims).toMatchObject({ iss: platform.url, aud: audience, instance_id: api.instanceId });
    expect(claims?.permissions).toEqual([readBookings, "WIX_DEVELOPERS.MANAGE_APP_INSTANCE"]);
    expect(parseAccessToken(await api.mint({ scope: readScope }))?.claims.permissions).toEqual([
      readBookings,
    ]);
  });

  test("differs from a token for the platform's own APIs, which has no list of permissions", async () => {
    for (const resource of [undefined, platform.url]) {
      const claims = parseAccessToken(await api.mint({ resource }))?.claims;
      expect(claims).toMatchObject({ aud: platform.url });
      expect(claims).not.toHaveProperty("permissions");
    }
  });

  test("is described to the server of the resource, with its permissions now", async () => {
    const token = await api.mint();
    const { exp, iat, jti } = parseAccessToken(token)?.claims ?? expect.fail("no token");
    const described = {
      active: true,
      scope: `${readScope} ${alwaysGranted}`,
      token_type: "Bearer",
      iss: platform.url,
      aud: audience,
      sub: api.appId,
      client_id: api.appId,
      instance_id: api.instanceId,
      site_id: api.siteId,
      ...{ iat, exp, jti },
      permissions: [readBookings, "WIX_DEVELOPERS.MANAGE_APP_INSTANCE"],
    };
    expect(await asResource(token)).toEqual({ status: 200, challenge: null, body: described });
    expect((await asResource(`OauthNG.JWS.${token}`)).body).toEqual(described);
  });

  test("has the permissions that are granted now, and never more than at minting", async () => {
    const narrow = await api.mint();
    await platform.approve(api.instanceId, [readScope, manageScope]);
    const wide = await api.mint();
    const permitted = async (token: string) => (await asResource(token)).body;
    expect(await permitted(wide)).toMatchObject({
      permissions: [manageBookings, readBookings, "WIX_DEVELOPERS.MANAGE_APP_INSTANCE"],
    });
    expect(await permitted(narrow)).toMatchObject({
      permissions: [readBookings, "WIX_DEVELOPERS.MANAGE_APP_INSTANCE"],
    });
    await platform.approve(api.instanceId, [readScope]);
    expect(await permitted(wide)).toMatchObject({
      scope: `${readScope} ${alwaysGranted}`,
      permissions: [readBookings, "WIX_DEVELOPERS.MANAGE_APP_INSTANCE"],
    });
  });

  test("is inactive as soon as its instance is not installed", async () => {
    const token = await api.mint();
    await platform.suspend(api.instanceId);
    expect(await asResource(token)).toEqual({ status: 200, challenge: null, body: { active: false } });
    await platform.resume(api.instanceId);
    expect((await asResource(token)).body).toEqual({ active: false });
    expect((await asResource(await api.mint())).body).toMatchObject({ active: true });
  });

  test("can be described to its app, and revoked by it", async () => {
    const token = await api.mint();
    const basic = `Basic ${Buffer.from(`${api.appId}:${api.secret}`).toString("base64")}`;
    const described = await introspect(token, basic);
    expect(described.body).toMatchObject({ active: true, aud: audience });
    expect(described.body).not.toHaveProperty("permissions");
    await fetch(`${platform.url}/oauth2/revoke`, {
      method: "POST",
      headers: { authorization: basic },
      body: new URLSearchParams({ token }),
    });
    expect((await asResource(token)).body).toEqual({ active: false });
    expect((await introspect(token, basic)).body).toEqual({ active: false });
  });

  test.each([
    ["no key of the platform", async () => "lka_nothing"],
    ["the admin key, which is bound to no resource", async () => platform.adminKey],
    ["a token", () => api.mint()],
    ["a key for other things", () => newKey({ scopes: ["apps:read"] })],
    ["a deleted key", deletedKey],
    ["an expired key", expiredKey],
  ])("is not described to a caller with %s", async (_, key) => {
    expect(await introspect(await api.mint(), `Bearer ${await key()}`)).toEqual({
      status: 401,
      challenge: 'Bearer error="invalid_token"',
      body: {
        error: "invalid_client",
        error_description:
          "Authenticate with an API key that has the scope tokens:introspect and is bound to a resource.",
      },
    });
  });

  test("is not described to the server of another resource", async () => {
    const token = await api.mint();
    expect((await introspect(token, `Bearer ${other.apiKey}`)).body).toEqual({ active: false });
    expect((await asResource(await other.mint())).body).toEqual({ active: false });
  });

  test("needs the parameter token", async () => {
    const response = await fetch(`${platform.url}/oauth2/introspect`, {
      method: "POST",
      headers: { authorization: `Bearer ${api.apiKey}`, "content-type": "application/json" },
      body: "{}",
    });
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: "invalid_request", error_description: "token is missing." },
    ]);
  });

  test("is rejected when its resource is not registered; the token log has the reason", async () => {
    const { body, status } = await api.askToken({ resource: `${audience}/` });
    expect([status, body]).toEqual([
      400,
      { error: "invalid_target", error_description: "There is no such resource on this platform." },
    ]);
    await platform.clock.advance(5_000);
    const log = await managementCaller(platform)(`GET /token-log?appId=${api.appId}`);
    expect(log.body.items[0]).toMatchObject({ reason: "unknown_resource", instanceId: api.instanceId });
  });

  test("does not reveal resources to an unauthenticated client", async () => {
    const known = await api.askToken({ client_secret: "wrong" });
    const unknown = await api.askToken({ client_secret: "wrong", resource: "https://nowhere.example" });
    expect([known.status, known.body.error]).toEqual([401, "invalid_client"]);
    expect(unknown).toEqual(known);
  });

  async function newKey(body: object): Promise<string> {
    const made = await managementCaller(platform)("POST /api-keys", { body: { name: "Key", ...body } });
    return made.body.value;
  }

  async function deletedKey(): Promise<string> {
    const body = { name: "Gone", scopes: ["tokens:introspect"], resource: audience };
    const made = await managementCaller(platform)("POST /api-keys", { body });
    await managementCaller(platform)(`DELETE /api-keys/${made.body.keyId}`);
    return made.body.value;
  }

  async function expiredKey(): Promise<string> {
    const expiresAt = new Date(platform.clock.now() + 1_000).toISOString();
    const value = await newKey({ scopes: ["tokens:introspect"], resource: audience, expiresAt });
    await platform.clock.advance(1_000);
    return value;
  }
});
