import { claimsOf } from "@latchkey/test-support/forged-token";
import { managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  askAbout,
  basic,
  callApi,
  createTarget,
  installApp,
  manageProducts,
  mint,
  post,
  readProducts,
  type Target,
  tokenInfo,
} from "../attack-cases/target.ts";

// The exchange of a page's token (wire §1.3). Until pages have users, a page's token is a token of the app.
const grant_type = "strip_bound_session";
const hour = 3_600_000;

describe.each(["sqlite", "postgres"] as const)("on %s", (database) => {
  let target: Target;
  let other: Awaited<ReturnType<typeof installApp>>;
  let access_token: string;

  beforeAll(async () => {
    target = await createTarget({ database });
    other = await installApp(target.platform);
    access_token = await mint(target);
  });
  afterAll(() => target.platform.close());

  const strip = (parameters: object, headers: Record<string, string> = {}) =>
    post(`${target.url}/oauth2/token`, { grant_type, ...parameters }, headers);

  test("gives the app another token of the same subject, until the expiry of the first", async () => {
    await target.platform.clock.advance(hour);
    const { body, status } = await strip({ client_secret: target.secret, access_token });
    expect({ status, body }).toEqual({
      status: 200,
      body: { access_token: expect.any(String), token_type: "Bearer", expires_in: 10_800 },
    });
    const { jti: first, iat: _, ...bound } = claimsOf(access_token);
    const { jti: second, iat: __, ...stripped } = claimsOf(body.access_token);
    expect(stripped).toEqual({ ...bound, derived_from: [first] });
    expect(second).not.toBe(first);
    expect((await callApi(target, body.access_token)).status).toBe(200);
    expect(await tokenInfo(target, body.access_token)).toMatchObject({ active: true, exp: "1767337445" });
  });

  test("returns the scope when one was requested, like every grant", async () => {
    const parameters = { client_secret: target.secret, access_token };
    expect((await strip({ ...parameters, scope: readProducts })).body.scope).toBe(readProducts);
    expect((await strip(parameters)).body).not.toHaveProperty("scope");
  });

  test("gives tokens for the platform's own APIs only", async () => {
    const call = managementCaller(target.platform);
    await call("POST /resources", { body: { identifier: "urn:example:bookings", name: "Bookings" } });
    const parameters = { client_secret: target.secret, access_token };
    for (const resource of ["urn:example:bookings", "urn:example:nothing", `${target.url}/`, "no URI"]) {
      const { body, status } = await strip({ ...parameters, resource });
      expect({ status, body }).toEqual({
        status: 400,
        body: {
          error: "invalid_target",
          error_description: "strip_bound_session issues tokens only for the platform's own APIs.",
        },
      });
    }
    const { body, status } = await strip({ ...parameters, resource: target.url });
    expect([status, claimsOf(body.access_token).aud]).toEqual([200, target.url]);
    const stranger = await strip({ ...parameters, client_secret: "wrong", resource: "urn:example:bookings" });
    expect([stranger.status, stranger.body.error]).toEqual([401, "invalid_client"]);
  });

  test.each([
    ["camelCase", () => ({ clientSecret: target.secret, accessToken: access_token }), {}],
    ["the app's id too", () => ({ client_id: target.appId, client_secret: target.secret, access_token }), {}],
    ["HTTP Basic", () => ({ access_token }), () => basic(target.appId, target.secret)],
    ["the scope it has", () => ({ client_secret: target.secret, access_token, scope: readProducts }), {}],
  ])("takes %s", async (_, parameters, headers) => {
    const { status } = await strip(parameters(), typeof headers === "function" ? headers() : headers);
    expect(status).toBe(200);
  });

  test.each([
    [
      "no token",
      () => ({ client_secret: target.secret }),
      400,
      "invalid_request",
      "access_token is missing.",
    ],
    ["no secret", () => ({ access_token }), 400, "invalid_request", "client_secret is missing."],
    [
      "a wrong secret",
      () => ({ client_secret: "wrong", access_token }),
      401,
      "invalid_client",
      "The client is unknown or its secret is wrong.",
    ],
    [
      "another app's secret",
      () => ({ client_secret: other.secret, access_token }),
      401,
      "invalid_client",
      "The client is unknown or its secret is wrong.",
    ],
    [
      "another app",
      () => ({ client_id: other.appId, client_secret: other.secret, access_token }),
      400,
      "invalid_grant",
      "access_token was issued to another app.",
    ],
    [
      "garbage",
      () => ({ client_secret: target.secret, access_token: "garbage" }),
      400,
      "invalid_grant",
      "access_token is no token, or has ended.",
    ],
    [
      "a wider scope",
      () => ({ client_secret: target.secret, access_token, scope: manageProducts }),
      400,
      "invalid_scope",
      "The site's owner has not granted a scope that was asked for.",
    ],
  ])("rejects %s", async (_, parameters, status, error, error_description) => {
    const response = await strip(parameters());
    expect({ status: response.status, body: response.body }).toEqual({
      status,
      body: { error, error_description },
    });
  });

  test("rejects a token in the URL", async () => {
    const { body, status } = await post(`${target.url}/oauth2/token?access_token=${access_token}`, {});
    expect({ status, error: body.error }).toEqual({ status: 400, error: "invalid_request" });
  });

  test("FR-A14: rejects a revoked token, and revokes the tokens exchanged from it", async () => {
    const bound = await mint(target);
    const { body } = await strip({ client_secret: target.secret, access_token: bound });
    await askAbout(target, "revoke", { token: bound });
    const again = await strip({ client_secret: target.secret, access_token: bound });
    expect({ status: again.status, error: again.body.error }).toEqual({
      status: 400,
      error: "invalid_grant",
    });
    expect(await tokenInfo(target, body.access_token)).toEqual({ active: false });
  });

  test("an exchanged token ends with the instance, and with its origin", async () => {
    const app = await installApp(target.platform);
    const client = { ...app, url: target.url };
    const bound = await mint(client);
    const { body } = await strip({ client_secret: app.secret, access_token: bound });
    await target.platform.remove(app.instanceId);
    expect(await tokenInfo(target, body.access_token)).toEqual({ active: false });

    const late = await mint(target);
    await target.platform.clock.advance(2 * hour);
    const last = (await strip({ client_secret: target.secret, access_token: late })).body;
    await target.platform.clock.advance(2 * hour);
    expect(await tokenInfo(target, last.access_token)).toEqual({ active: false });
  });
});
