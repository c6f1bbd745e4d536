import { managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../../testing/index.ts";
import { createLegacyApp, type LegacyApp } from "../../../testing/support/legacy-app.ts";

describe("a refresh token", () => {
  let platform: TestPlatform;
  let app: LegacyApp;
  let tokens: { access_token: string; refresh_token: string };
  beforeAll(async () => {
    platform = await createTestPlatform({ now: 1_767_323_045_678 });
  });
  beforeEach(async () => {
    app = await createLegacyApp(platform);
    tokens = await app.tokens();
  });
  afterAll(() => platform.close());

  const about = async (path: string, token = tokens.refresh_token) => await app.ask(path, { token });
  const inactive = { status: 200, body: { active: false } };

  test("token-info describes it as the migration needs it", async () => {
    expect(await about("/oauth2/token-info")).toEqual({
      status: 200,
      body: {
        active: true,
        subjectType: "APP",
        subjectId: app.appId,
        iat: "1767323045",
        clientId: app.appId,
        siteId: app.siteId,
        instanceId: app.instanceId,
      },
    });
    expect((await about("/oauth2/token-info", tokens.access_token)).body).toMatchObject({
      active: true,
      exp: "1767323345",
      instanceId: app.instanceId,
    });
  });

  test("introspection describes it to its app as no access token", async () => {
    expect(await about("/oauth2/introspect")).toEqual({
      status: 200,
      body: {
        active: true,
        scope: "SCOPE.DC.MANAGE-YOUR-APP",
        token_use: "refresh_token",
        iss: platform.url,
        sub: app.appId,
        client_id: app.appId,
        instance_id: app.instanceId,
        site_id: app.siteId,
        iat: 1_767_323_045,
        jti: expect.any(String),
      },
    });
  });

  test("E3 another app learns and revokes nothing", async () => {
    const other = await createLegacyApp(platform);
    const token = tokens.refresh_token;
    expect(await other.ask("/oauth2/introspect", { token })).toEqual(inactive);
    expect(await other.ask("/oauth2/revoke", { token })).toEqual({ status: 200, body: {} });
    expect((await about("/oauth2/introspect")).body.active).toBe(true);
  });

  test("is inactive for the server of a resource, which accepts access tokens only", async () => {
    const call = managementCaller(platform);
    const identifier = "https://api.example";
    await call("POST /resources", { body: { identifier, name: "API" } });
    const key = { name: "API", scopes: ["tokens:introspect"], resource: identifier };
    const { body } = await call("POST /api-keys", { body: key });
    const response = await fetch(`${platform.url}/oauth2/introspect`, {
      method: "POST",
      headers: { authorization: `Bearer ${body.value}` },
      body: new URLSearchParams({ token: tokens.refresh_token }),
    });
    expect(await response.json()).toEqual({ active: false });
  });

  test("revoking it revokes the access tokens that it was exchanged for, and nothing else", async () => {
    const second = await app.tokens();
    const { body } = await app.ask("/oauth/access", { grant_type: "refresh_token", ...tokens });
    expect(await about("/oauth2/revoke")).toEqual({ status: 200, body: {} });
    expect(await about("/oauth2/token-info")).toEqual(inactive);
    expect(await about("/oauth2/token-info", tokens.access_token)).toEqual(inactive);
    expect(await about("/oauth2/token-info", String(body.access_token))).toEqual(inactive);
    expect((await about("/oauth2/token-info", second.access_token)).body.active).toBe(true);
    expect((await app.ask("/oauth/access", { grant_type: "refresh_token", ...tokens })).status).toBe(400);
    const { body: audit } = await managementCaller(platform)(
      "GET /audit?action=instance.refresh-token.revoked",
    );
    expect(audit.items).toMatchObject([{ actor: `app:${app.appId}`, instanceId: app.instanceId }]);
  });

  test("is no access token of an API", async () => {
    const headers = { authorization: tokens.refresh_token };
    const response = await fetch(`${platform.url}/apps/v1/instance`, { headers });
    expect(response.status).toBe(401);
    expect(await response.text()).toContain("This is a refresh token, not an access token");
  });
});
