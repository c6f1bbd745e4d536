import { claimsOf } from "@latchkey/test-support/forged-token";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { askAbout, basic, createTarget, installApp, mint, post, type Target, tokenInfo } from "./target.ts";

describe.each(["sqlite", "postgres"] as const)("on %s", (database) => {
  let target: Target;
  let token: string;

  beforeAll(async () => {
    target = await createTarget({ database });
    token = await mint(target);
  });
  afterAll(() => target.platform.close());

  test("E1 returns the subject of a token without authentication, but no scopes", async () => {
    expect(await tokenInfo(target, token)).toEqual({
      active: true,
      subjectType: "APP",
      subjectId: target.appId,
      exp: "1767337445",
      iat: "1767323045",
      clientId: target.appId,
      siteId: target.siteId,
      instanceId: target.instanceId,
    });
  });

  test.each([
    ["no authentication", {}, {}],
    ["an app id alone", (app: Target) => ({ client_id: app.appId }), {}],
    ["a secret alone", (app: Target) => ({ client_secret: app.secret }), {}],
    ["an access token", {}, () => ({ authorization: `Bearer ${token}` })],
    ["a wrong secret", {}, (app: Target) => basic(app.appId, "wrong")],
    ["an unknown app", {}, (app: Target) => basic("00000000-0000-4000-8000-000000000000", app.secret)],
  ])(
    "E1 requires a client at introspection and revocation, and rejects %s",
    async (_, parameters, headers) => {
      for (const endpoint of ["introspect", "revoke"]) {
        const { body, status } = await post(
          `${target.url}/oauth2/${endpoint}`,
          { token, ...(typeof parameters === "function" ? parameters(target) : parameters) },
          typeof headers === "function" ? headers(target) : headers,
        );
        expect({ status, error: body.error }).toEqual({ status: 401, error: "invalid_client" });
      }
      expect(await tokenInfo(target, token)).toMatchObject({ active: true });
    },
  );

  test("E1 returns the scheme without authentication", async () => {
    const { headers } = await post(`${target.url}/oauth2/introspect`, { token });
    expect(headers.get("www-authenticate")).toBe('Basic realm="latchkey"');
  });

  test.each([
    ["garbage", "garbage"],
    ["empty", ""],
    ["a NUL", "\0"],
    ["of dots", ".."],
    ["60,000 characters long", "x".repeat(60_000)],
    ["a token of 60,000 characters", `${"x".repeat(59_000)}.${"y".repeat(900)}.${"z".repeat(86)}`],
    ["a GUID", "5a1c0000-0000-4000-8000-000000000001"],
    [
      "a JWT of another issuer",
      `${part({ alg: "HS256", typ: "JWT" })}.${part({ iss: "https://x.example" })}.c2ln`,
    ],
    ["a forged instance parameter", `c2ln.${part({ instanceId: "x", appDefId: "y" })}`],
  ])("E2 returns only inactive for a token that is %s", async (_, garbage) => {
    expect(await tokenInfo(target, garbage)).toEqual({ active: false });
    if (garbage === "") return;
    const { body, status } = await askAbout(target, "introspect", { token: garbage });
    expect({ status, body }).toEqual({ status: 200, body: { active: false } });
  });

  test("E2 rejects a missing token, and a token that is not text", async () => {
    const ask = (body: object) => post(`${target.url}/oauth2/token-info`, body);
    for (const [body, error_description] of [
      [{}, "token is missing."],
      [{ token: null }, "token must be a string."],
      [{ token: ["x"] }, "Every parameter must be a plain value, not an object or an array."],
    ] as const) {
      const reply = await ask(body);
      expect([reply.status, reply.body]).toEqual([400, { error: "invalid_request", error_description }]);
    }
  });

  test("E3 returns inactive for a token of another app", async () => {
    const other = { url: target.url, ...(await installApp(target.platform)) };
    const { body, status } = await askAbout(other, "introspect", { token });
    expect({ status, body }).toEqual({ status: 200, body: { active: false } });
  });

  test("E11 introspects with a boolean, integers and the current scopes", async () => {
    const { body, headers } = await askAbout(target, "introspect", { token });
    expect(body).toEqual({
      active: true,
      scope: "SCOPE.DC-STORES.READ-PRODUCTS SCOPE.DC.MANAGE-YOUR-APP",
      token_type: "Bearer",
      iss: target.url,
      aud: target.url,
      sub: target.appId,
      client_id: target.appId,
      instance_id: target.instanceId,
      site_id: target.siteId,
      iat: 1_767_323_045,
      exp: 1_767_337_445,
      jti: claimsOf(token).jti,
    });
    expect(headers.get("cache-control")).toBe("no-store");
  });
});

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
