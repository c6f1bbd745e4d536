import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { claimsOf, headerOf, signToken } from "@latchkey/test-support/forged-token";
import { createBookingScopes, createOwnApi, type OwnApi, readScope } from "@latchkey/test-support/own-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { askAbout, call, callApi, post, tokenInfo } from "./target.ts";

const audience = "https://api.example.com/bookings";

describe.each(["sqlite", "postgres"] as const)("on %s", (database) => {
  let platform: TestPlatform;
  let api: OwnApi;
  let other: OwnApi;

  beforeAll(async () => {
    platform = await createTestPlatform({ resources: [stores], database });
    await createBookingScopes(platform);
    api = await createOwnApi(platform, audience);
    other = await createOwnApi(platform, "https://api.example.com/calendar");
  });
  afterAll(() => platform.close());

  const introspect = async (token: string, { apiKey }: OwnApi = api) =>
    (await post(`${platform.url}/oauth2/introspect`, { token }, { authorization: `Bearer ${apiKey}` })).body;
  const ask = (token: string, question = `?resource=${encodeURIComponent(audience)}`) =>
    call(`${platform.url}/forward-auth${question}`, { headers: { authorization: `Bearer ${token}` } });
  const askEnvoy = (token: string) =>
    call(`${platform.url}/forward-auth/by-headers/x`, {
      headers: { authorization: token, "x-latchkey-resource": audience },
    });

  test.each([
    ["that is not registered", "https://api.example.com/nothing"],
    ["with a trailing slash", `${audience}/`],
    ["with a fragment", `${audience}#part`],
    ["with a query", `${audience}?x=1`],
    ["in another case", "https://api.example.com/Bookings"],
    ["that is a prefix of one", audience.slice(0, -1)],
    ["with a trailing space", `${audience} `],
    ["that is a pattern", "https://api.example.com/%"],
    ["that is SQL", "' or 1=1 --"],
    ["with NUL in it", `${audience}\0`],
  ])("C10 rejects a resource %s", async (_, resource) => {
    expect(await api.askToken({ resource })).toEqual({
      status: 400,
      body: { error: "invalid_target", error_description: "There is no such resource on this platform." },
    });
  });

  test("C10 rejects two registered resources", async () => {
    const given = { grant_type: "client_credentials", client_id: api.appId, client_secret: api.secret };
    const form = new URLSearchParams({ ...given, instance_id: api.instanceId, resource: audience });
    form.append("resource", other.audience);
    const asForm = await post(`${platform.url}/oauth2/token`, form);
    expect([asForm.status, asForm.body.error]).toEqual([400, "invalid_request"]);
    const asList = await api.askToken({ resource: [audience, other.audience] });
    expect([asList.status, asList.body.error]).toEqual([400, "invalid_request"]);
  });

  test("C9 limits a token for a resource to the grant", async () => {
    expect((await api.askToken({ scope: "SCOPE.BOOKINGS.MANAGE" })).body.error).toBe("invalid_scope");
    expect(claimsOf(await api.mint({ scope: readScope }))).toMatchObject({
      scope: readScope,
      permissions: ["BOOKINGS.READ"],
    });
  });

  test("D10 rejects a token for a resource at the platform's own APIs", async () => {
    const token = await api.mint();
    const authorization = `Bearer ${token}`;
    for (const { headers, status } of [
      await callApi(platform, authorization),
      await callApi(platform, token),
      await post(`${platform.url}/stores/v1/products/query`, {}, { authorization }),
      await ask(token, ""),
    ]) {
      expect([status, headers.get("www-authenticate")]).toEqual([401, 'Bearer error="invalid_token"']);
    }
    expect(await tokenInfo(platform, token)).toEqual({ active: false });
  });

  test("D10 rejects a token for one resource at all other APIs", async () => {
    const tokens = [await other.mint(), await api.mint({ resource: undefined })];
    for (const token of tokens) {
      expect(await introspect(token)).toEqual({ active: false });
      expect([(await ask(token)).status, (await askEnvoy(token)).status]).toEqual([401, 401]);
    }
  });

  test.each([
    ["a list that contains the audience", [audience, "https://api.example.com/calendar"]],
    ["a list of only the audience", [audience]],
    ["a prefix of the audience", audience.slice(0, -1)],
    ["the audience with a trailing slash", `${audience}/`],
    ["the audience in another case", audience.toUpperCase()],
    ["missing", undefined],
    ["empty", ""],
  ])("D10 rejects a valid signature over an audience that is %s", async (_, aud) => {
    const token = await api.mint();
    const { privateKey } = await platform.signingKey();
    const forged = signToken(headerOf(token), { ...claimsOf(token), aud }, privateKey);
    expect(await introspect(forged)).toEqual({ active: false });
    expect([(await ask(forged)).status, (await askEnvoy(forged)).status]).toEqual([401, 401]);
  });

  test("D12 ignores the permissions in a token", async () => {
    const token = await api.mint();
    const { privateKey } = await platform.signingKey();
    const permissions = ["BOOKINGS.READ", "BOOKINGS.MANAGE"];
    const forged = signToken(headerOf(token), { ...claimsOf(token), permissions }, privateKey);
    expect(await introspect(forged)).toMatchObject({
      permissions: ["BOOKINGS.READ", "WIX_DEVELOPERS.MANAGE_APP_INSTANCE"],
    });
    const question = `?resource=${encodeURIComponent(audience)}&permission=BOOKINGS.MANAGE`;
    expect((await ask(forged, question)).status).toBe(403);
  });

  test("E3 returns inactive to one resource for tokens of another", async () => {
    const token = await api.mint();
    expect(await introspect(token)).toMatchObject({ active: true });
    expect(await introspect(token, other)).toEqual({ active: false });
  });

  test("E5 does not revoke another app's token for the same resource", async () => {
    const token = await api.mint();
    await askAbout({ url: platform.url, ...other }, "revoke", { token });
    expect(await introspect(token)).toMatchObject({ active: true });
  });

  test("E9 rejects a revoked token at all endpoints for resources", async () => {
    const token = await api.mint();
    const doors = async () => [
      (await introspect(token)).active,
      (await ask(token)).status,
      (await askEnvoy(token)).status,
    ];
    expect(await doors()).toEqual([true, 200, 200]);
    await askAbout({ url: platform.url, ...api }, "revoke", { token });
    expect(await doors()).toEqual([false, 401, 401]);
  });

  test("B7 returns the instance and site of the token to a resource, whatever the request names", async () => {
    const token = await api.mint();
    const headers = { authorization: token, "x-latchkey-site": other.siteId, "wix-site-id": other.siteId };
    const target = `${platform.url}/forward-auth?resource=${encodeURIComponent(audience)}`;
    const response = await call(target, { headers });
    expect(response.headers.get("x-latchkey-site")).toBe(api.siteId);
    expect(await introspect(token)).toMatchObject({ instance_id: api.instanceId, site_id: api.siteId });
  });

  test("H1 limits the key of a resource to introspection", async () => {
    const headers = { authorization: `Bearer ${api.apiKey}` };
    for (const path of ["/apps", "/resources", "/api-keys", "/audit", `/apps/${api.appId}`]) {
      expect((await call(`${platform.url}/admin/v1${path}`, { headers })).status).toBe(403);
    }
    const { status } = await post(`${platform.url}/oauth2/revoke`, { token: await api.mint() }, headers);
    expect(status).toBe(401);
  });
});
