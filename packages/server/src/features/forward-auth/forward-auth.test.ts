import { errorBody, violations } from "@latchkey/test-support/management-client";
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
const query = `resource=${encodeURIComponent(audience)}`;
const notValid = "The access token is invalid, expired or revoked; request a new one.";

describe.each(["sqlite", "postgres"] as const)("forward-auth on %s", (engine) => {
  let platform: TestPlatform;
  let api: OwnApi;
  let token: string;

  beforeAll(async () => {
    platform = await createTestPlatform({ database: engine });
    await createBookingScopes(platform);
    api = await createOwnApi(platform, audience);
    token = await api.mint();
  });
  afterAll(() => platform.close());

  async function ask(target: string, headers: Record<string, string>, method = "GET") {
    const response = await fetch(`${platform.url}/forward-auth${target}`, { method, headers });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text && JSON.parse(text) };
  }
  const named = (headers: Headers) =>
    ["app", "instance", "site", "permissions"].map((name) => headers.get(`x-latchkey-${name}`));

  test.each(["Bearer ", "bearer ", ""])("names the instance of a valid token after %j", async (scheme) => {
    const { body, headers, status } = await ask(`?${query}`, { authorization: scheme + token });
    expect([status, body, headers.get("cache-control")]).toEqual([200, "", "no-store"]);
    expect(named(headers)).toEqual([
      api.appId,
      api.instanceId,
      api.siteId,
      `${readBookings},WIX_DEVELOPERS.MANAGE_APP_INSTANCE`,
    ]);
  });

  test("accepts a permission that the token has, and names a permission that it lacks", async () => {
    const authorization = `Bearer ${token}`;
    expect((await ask(`?${query}&permission=${readBookings}`, { authorization })).status).toBe(200);
    const { body, headers, status } = await ask(`?${query}&permission=${manageBookings}`, { authorization });
    expect([status, body, headers.get("www-authenticate")]).toEqual([
      403,
      errorBody("PERMISSION_DENIED", `Permission ${manageBookings} is required`, {
        permission: manageBookings,
        approvalUrl: `${platform.url}/installer/approve?instanceId=${api.instanceId}`,
      }),
      'Bearer error="insufficient_scope"',
    ]);
    expect(named(headers)).toEqual([null, null, null, null]);
  });

  test.each([
    ["no token", {}, "Send an access token in the Authorization header.", "Bearer"],
    ["garbage", { authorization: "Bearer x" }, notValid, 'Bearer error="invalid_token"'],
    [
      "HTTP Basic",
      { authorization: "Basic eDp5" },
      "Send an access token in the Authorization header.",
      "Bearer",
    ],
  ])("rejects a request with %s", async (_, sent, message, challenge) => {
    const { body, headers, status } = await ask(`?${query}`, sent);
    expect([status, body, headers.get("www-authenticate")]).toEqual([
      401,
      errorBody("UNAUTHENTICATED", message),
      challenge,
    ]);
  });

  test("accepts only tokens for the platform's own APIs without a resource", async () => {
    const own = await api.mint({ resource: undefined });
    expect((await ask("", { authorization: own })).status).toBe(200);
    expect((await ask("", { authorization: token })).status).toBe(401);
    expect((await ask(`?${query}`, { authorization: own })).status).toBe(401);
    expect((await ask("?resource=https%3A%2F%2Fnowhere.example", { authorization: token })).status).toBe(401);
  });

  test("responds 400 to a misconfigured proxy, with and without a valid token", async () => {
    const { body, status } = await ask(`?${query}&permision=${manageBookings}`, { authorization: token });
    expect([status, body]).toEqual([
      400,
      violations({
        field: "query",
        description: "has a field that is not taken here; only these are: resource, permission",
        violatedRule: "FIELD_NOT_ALLOWED",
        data: { allowed: ["resource", "permission"] },
      }),
    ]);
    expect((await ask(`?${query}&${query}`, {})).status).toBe(400);
    expect((await ask(`?${query}&permission=two%20words`, {})).status).toBe(400);
  });

  test("accepts GET and HEAD", async () => {
    expect((await ask(`?${query}`, { authorization: token }, "HEAD")).status).toBe(200);
    const { headers, status } = await ask(`?${query}`, { authorization: token }, "POST");
    expect([status, headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  });

  test("reads the requirements of Envoy from headers, after its client's method, path and query", async () => {
    const required = {
      authorization: token,
      "x-latchkey-resource": audience,
      "x-latchkey-permission": manageBookings,
    };
    const path = `/by-headers/bookings/1?permission=${readBookings}&resource=x&x=1`;
    const refused = await ask(path, required, "DELETE");
    expect([refused.status, refused.body.details.applicationError.code]).toEqual([403, "PERMISSION_DENIED"]);
    const passed = await ask(path, { ...required, "x-latchkey-permission": readBookings }, "DELETE");
    expect([passed.status, passed.headers.get("x-latchkey-instance")]).toEqual([200, api.instanceId]);
  });

  test.each([
    ["sends no resource", { "x-latchkey-permission": readBookings }],
    [
      "sends an invalid permission",
      { "x-latchkey-resource": audience, "x-latchkey-permission": "two words" },
    ],
  ])("responds 400 to Envoy when it %s", async (_, sent) => {
    const own = await api.mint({ resource: undefined });
    for (const path of ["/by-headers", "/by-headers/", `/by-headers/bookings?${query}`]) {
      const { body, status } = await ask(path, { authorization: own, ...sent });
      expect([status, body]).toEqual([
        400,
        violations({
          field: "headers",
          description:
            "must have a resource in x-latchkey-resource; x-latchkey-permission may have a permission",
          violatedRule: "FORMAT",
        }),
      ]);
    }
  });

  test("responds 404 to similar paths", async () => {
    const authorization = await api.mint({ resource: undefined });
    const headers = { authorization, "x-latchkey-resource": platform.url };
    for (const path of [`/?${query}&permission=${manageBookings}`, "/bookings", "//", "/by-headersx"]) {
      expect([path, (await ask(path, headers)).status]).toEqual([path, 404]);
    }
  });

  test("ignores the headers with which Caddy and Traefik describe the request of their client", async () => {
    const forwarded = {
      authorization: token,
      "x-forwarded-method": "DELETE",
      "x-forwarded-proto": "https",
      "x-forwarded-host": "evil.example",
      "x-forwarded-uri": `/bookings?permission=${readBookings}&resource=x`,
      "x-forwarded-for": "192.0.2.1",
    };
    expect((await ask(`?${query}&permission=${readBookings}`, forwarded)).status).toBe(200);
    expect((await ask(`?${query}&permission=${manageBookings}`, forwarded)).status).toBe(403);
  });

  test("ignores the headers for Envoy when the query has the requirements", async () => {
    const sent = { authorization: token, "x-latchkey-resource": platform.url, "x-latchkey-permission": "X" };
    expect((await ask(`?${query}&permission=${readBookings}`, sent)).status).toBe(200);
  });

  test("rejects a token without permissions instead of sending an empty header", async () => {
    const authorization = await api.mint({ scope: readScope });
    expect(named((await ask(`?${query}`, { authorization })).headers)[3]).toBe(readBookings);
    await platform.approve(api.instanceId, [manageScope]);
    const headers = { "x-latchkey-resource": audience };
    for (const path of [`?${query}`, "/by-headers/bookings"]) {
      const response = await ask(path, { authorization, ...headers });
      expect([response.status, response.body, response.headers.get("www-authenticate")]).toEqual([
        403,
        errorBody("PERMISSION_DENIED", "The access token has no permissions."),
        'Bearer error="insufficient_scope"',
      ]);
      expect(named(response.headers)).toEqual([null, null, null, null]);
    }
    await platform.approve(api.instanceId, [readScope]);
    expect((await ask(`?${query}`, { authorization })).status).toBe(200);
  });

  test("rejects a token of a removed instance in the next request", async () => {
    const authorization = await api.mint();
    expect((await ask(`?${query}`, { authorization })).status).toBe(200);
    await platform.remove(api.instanceId);
    expect((await ask(`?${query}`, { authorization })).status).toBe(401);
  });
});
