import { hash } from "node:crypto";
import { managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../../testing/index.ts";
import { createLegacyApp, type LegacyApp } from "../../../testing/support/legacy-app.ts";
import { engines } from "../../../testing/test-database.ts";

const verifier = "a-verifier-of-at-least-43-characters-0123456789";
const codeChallenge = hash("sha256", verifier, "base64url");
const unknownCode = "The code is unknown, or was issued to another app.";
const unknownRefreshToken = "The refresh token is unknown, or was issued to another app.";
const wrongVerifier =
  "code_verifier does not match the code_challenge of the code. Send the owner to /installer/install again.";
/** The reason in the response, by the beginning of the text. */
const reasons = [
  ["unknown_code", unknownCode],
  ["unknown_refresh_token", unknownRefreshToken],
  ["wrong_code_verifier", wrongVerifier],
  ["code_used", "The code was used before"],
  ["code_expired", "The code has expired"],
  ["redirect_uri_differs", "redirect_uri is not"],
  ["instance_removed", "The app was removed"],
  ["instance_suspended", "The instance is suspended"],
  ["tokens_revoked", "The tokens of the instance"],
] as const;

describe.each(engines)("POST /oauth/access on %s", (database) => {
  let platform: TestPlatform;
  let app: LegacyApp;
  beforeAll(async () => {
    platform = await createTestPlatform({ database });
  });
  beforeEach(async () => {
    app = await createLegacyApp(platform);
  });
  afterAll(() => platform.close());

  const exchange = async (code: string, more: object = {}) =>
    await app.ask("/oauth/access", { grant_type: "authorization_code", code, ...more });
  const refresh = async (refreshToken: string, more: object = {}) =>
    await app.ask("/oauth/access", { grant_type: "refresh_token", refresh_token: refreshToken, ...more });
  const callsApi = async (token: unknown) => {
    const headers = { authorization: String(token) };
    return (await fetch(`${platform.url}/apps/v1/instance`, { headers })).status;
  };
  const refusal = (error_description: string, error = "invalid_grant") => {
    const reason = reasons.find(([, text]) => error_description.startsWith(text))?.[0];
    return { status: 400, body: { error, error_description, ...(reason && { reason }) } };
  };

  test("a code becomes an access token for 5 minutes and a refresh token, and nothing else", async () => {
    const { body, status } = await exchange(await app.code());
    expect({ status, members: Object.keys(body) }).toEqual({
      status: 200,
      members: ["access_token", "refresh_token"],
    });
    expect(body.refresh_token).toMatch(/^lkr_[0-9A-Za-z]{49}$/);
    expect(await callsApi(body.access_token)).toBe(200);
    await platform.clock.advance("299s");
    expect(await callsApi(body.access_token)).toBe(200);
    await platform.clock.advance("1s");
    expect(await callsApi(body.access_token)).toBe(401);
  });

  test("a refresh token becomes new access tokens and stays the same, also as a form and two days later", async () => {
    const { refresh_token } = await app.tokens();
    await platform.clock.advance("2d");
    const response = await fetch(`${platform.url}/oauth/access`, {
      method: "POST",
      body: new URLSearchParams({ ...app.client, grant_type: "refresh_token", refresh_token }),
    });
    const body = (await response.json()) as Record<string, unknown>;
    expect({ status: response.status, ...body }).toEqual({
      status: 200,
      access_token: expect.any(String),
      refresh_token,
    });
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await callsApi(body.access_token)).toBe(200);
  });

  test("twenty concurrent refreshes with one token all succeed and return it", async () => {
    const { refresh_token } = await app.tokens();
    const all = await Promise.all(Array.from({ length: 20 }, () => refresh(refresh_token)));
    expect(all.map(({ body, status }) => [status, body.refresh_token])).toEqual(
      Array(20).fill([200, refresh_token]),
    );
    expect(new Set(all.map(({ body }) => body.access_token)).size).toBe(20);
  });

  test("F4 refuses a code of another app, which is then used", async () => {
    const other = await createLegacyApp(platform);
    const code = await app.code();
    const stolen = await other.ask("/oauth/access", { grant_type: "authorization_code", code });
    expect(stolen).toEqual(refusal(unknownCode));
    expect((await exchange(code)).body.error).toBe("invalid_grant");
    expect((await refresh((await app.tokens()).refresh_token)).status).toBe(200);
  });

  test("F5 refuses a code that is used again, and revokes what it produced", async () => {
    const code = await app.code();
    const { body } = await exchange(code);
    expect(await exchange(code)).toEqual(
      refusal(
        "The code was used before, so the tokens that it produced are revoked. Send the owner to /installer/install again.",
      ),
    );
    expect(await callsApi(body.access_token)).toBe(401);
    expect(await refresh(String(body.refresh_token))).toEqual(refusal(unknownRefreshToken));
    const { access_token } = await app.tokens();
    expect((await exchange(code)).status).toBe(400);
    expect(await callsApi(access_token)).toBe(200);
  });

  test.each<[string, string | undefined]>([
    ["missing", undefined],
    ["wrong", `${verifier}0`],
    ["the challenge itself (plain)", codeChallenge],
    ["of 42 characters", "v".repeat(42)],
    ["of 129 characters", "v".repeat(129)],
  ])("F6 refuses a code with a challenge when the verifier is %s", async (_, code_verifier) => {
    const code = await app.code({ codeChallenge });
    expect(await exchange(code, { code_verifier })).toEqual(refusal(wrongVerifier));
  });

  test("F6 accepts a code with its verifier", async () => {
    const code = await app.code({ codeChallenge });
    expect((await exchange(code, { code_verifier: verifier })).status).toBe(200);
  });

  test("F7 refuses a verifier for a code without a challenge", async () => {
    expect(await exchange(await app.code(), { code_verifier: verifier })).toEqual(refusal(wrongVerifier));
  });

  test("F8 refuses a code after 10 minutes", async () => {
    const [early, late] = [await app.code(), await app.code()];
    await platform.clock.advance("599s");
    expect((await exchange(early)).status).toBe(200);
    await platform.clock.advance("1s");
    expect(await exchange(late)).toEqual(
      refusal(
        "The code has expired; it is valid for 10 minutes. Send the owner to /installer/install again.",
      ),
    );
  });

  test.each<[string, object, number]>([
    ["none", {}, 200],
    ["the same", { redirect_uri: "https://app.example/callback" }, 200],
    ["another", { redirect_uri: "https://app.example/callback/" }, 400],
    ["one in another case", { redirectUri: "https://app.example/Callback" }, 400],
  ])("a redirect_uri: %s", async (_, sent, status) => {
    const response = await exchange(await app.code(), sent);
    expect(response.status).toBe(status);
    if (status === 400) {
      expect(response).toEqual(
        refusal(
          "redirect_uri is not the address that the code was sent to. Send the owner to /installer/install again.",
        ),
      );
    }
  });

  test("F9 refuses a refresh token of another app", async () => {
    const other = await createLegacyApp(platform);
    const { refresh_token } = await app.tokens();
    const stolen = await other.ask("/oauth/access", { grant_type: "refresh_token", refresh_token });
    expect(stolen).toEqual(refusal(unknownRefreshToken));
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  test("F11 refuses scopes beyond the grant", async () => {
    const { refresh_token } = await app.tokens();
    const scope = "SCOPE.DC.MANAGE-YOUR-APP";
    expect((await refresh(refresh_token, { scope })).body).toMatchObject({ scope });
    expect((await refresh(refresh_token, { scope: `${scope} SCOPE.OTHER` })).body.error).toBe(
      "invalid_scope",
    );
  });

  test.each<[string, () => Promise<unknown>, string]>([
    [
      "after removal",
      () => platform.remove(app.instanceId),
      "The app was removed from the site. The owner of the site can install it again.",
    ],
    [
      "while suspended",
      () => platform.suspend(app.instanceId),
      "The instance is suspended, and its tokens are revoked. When it is resumed, request tokens with client_credentials and instance_id.",
    ],
    [
      "of the first installation after a reinstall",
      async () => {
        await platform.remove(app.instanceId);
        await platform.install({ appId: app.appId, siteId: app.siteId });
      },
      "The tokens of the instance were revoked. Request tokens with client_credentials and instance_id, or send the owner to /installer/install again.",
    ],
  ])("F12 refuses a code and a refresh token %s", async (_, change, text) => {
    const code = await app.code();
    const { refresh_token } = await app.tokens();
    await change();
    expect(await refresh(refresh_token)).toEqual(refusal(text));
    expect(await exchange(code)).toEqual(refusal(text));
    const info = await app.ask("/oauth2/token-info", { token: refresh_token });
    expect(info).toEqual({ status: 200, body: { active: false } });
  });

  test("revoking all tokens of the app revokes its refresh tokens", async () => {
    const { refresh_token } = await app.tokens();
    await managementCaller(platform)(`POST /apps/${app.appId}/revoke-tokens`);
    expect((await refresh(refresh_token)).status).toBe(400);
    expect((await refresh((await app.tokens()).refresh_token)).status).toBe(200);
  });

  test("an instance on a copied site has no refresh token, and uses client_credentials", async () => {
    await app.tokens();
    const call = managementCaller(platform);
    const { body: site } = await call(`POST /sites/${app.siteId}/copy`, { body: {} });
    await platform.settled();
    const { body: copies } = await call(`GET /sites/${site.siteId}/instances`);
    const [copy] = copies.items as readonly { instanceId: string }[];
    const rows = await platform.platform.database.read
      .selectFrom("legacy_refresh_tokens")
      .select("instance_id")
      .where("app_id", "=", app.appId)
      .execute();
    expect(rows).toEqual([{ instance_id: app.instanceId }]);
    const grant = { grant_type: "client_credentials", instance_id: copy?.instanceId };
    expect((await app.ask("/oauth2/token", grant)).status).toBe(200);
  });

  test("an app that is not marked as legacy gets no tokens, and keeps its refresh tokens for the way back", async () => {
    const call = managementCaller(platform);
    const { refresh_token } = await app.tokens();
    const { body: before } = await call(`GET /apps/${app.appId}`);
    await call(`PATCH /apps/${app.appId}`, { body: { legacy: null } });
    const text =
      "The app does not use the legacy flow. Request tokens at /oauth2/token, with client_credentials and instance_id.";
    expect(await refresh(refresh_token)).toEqual(refusal(text, "unauthorized_client"));
    expect((await app.ask("/oauth2/token-info", { token: refresh_token })).body).toMatchObject({
      active: true,
      instanceId: app.instanceId,
    });
    await call(`PATCH /apps/${app.appId}`, { body: { legacy: before.legacy } });
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  test.each([
    [{ grant_type: "authorization_code" }, "code is missing."],
    [{ grant_type: "refresh_token" }, "refresh_token is missing."],
    [{ grant_type: "refresh_token", refresh_token: 1 }, "refresh_token must be a string."],
    [{}, "grant_type is missing."],
  ])("refuses %o", async (parameters, text) => {
    expect(await app.ask("/oauth/access", parameters)).toEqual(refusal(text, "invalid_request"));
  });

  test("refuses other grants, and unknown codes and refresh tokens", async () => {
    expect(await app.ask("/oauth/access", { grant_type: "client_credentials" })).toEqual(
      refusal("grant_type must be authorization_code or refresh_token.", "unsupported_grant_type"),
    );
    expect(await exchange("unknown")).toEqual(refusal(unknownCode));
    expect(await refresh("unknown")).toEqual(refusal(unknownRefreshToken));
  });

  test("counts wrong secrets together with those of the token endpoint (A18)", async () => {
    const { refresh_token } = await app.tokens();
    const wrong = { grant_type: "refresh_token", refresh_token, client_secret: "wrong" };
    const other = { ...wrong, grant_type: "client_credentials", instance_id: app.instanceId };
    for (let count = 0; count < 30; count += 1) {
      expect((await app.ask("/oauth/access", wrong)).status).toBe(401);
      expect((await app.ask("/oauth2/token", other)).status).toBe(401);
    }
    expect((await app.ask("/oauth/access", wrong)).status).toBe(429);
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  test("the database has digests only, and at most 100 refresh tokens of an instance", async () => {
    const { refresh_token: first } = await app.tokens();
    const code = await app.code();
    const { database: db } = platform.platform;
    const stored = JSON.stringify([
      await db.read.selectFrom("legacy_codes").selectAll().execute(),
      await db.read.selectFrom("legacy_refresh_tokens").selectAll().execute(),
    ]);
    expect(stored).not.toContain(code);
    expect(stored).not.toContain(first);
    for (let count = 0; count < 100; count += 1) await app.tokens();
    const { count } = await db.read
      .selectFrom("legacy_refresh_tokens")
      .select((eb) => eb.fn.countAll().as("count"))
      .where("instance_id", "=", app.instanceId)
      .executeTakeFirstOrThrow();
    expect(Number(count)).toBe(100);
    expect(await refresh(first)).toEqual(refusal(unknownRefreshToken));
  });
});
