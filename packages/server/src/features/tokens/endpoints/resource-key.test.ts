import { managementCaller } from "@latchkey/test-support/management-client";
import { createBookingScopes, createOwnApi, type OwnApi } from "@latchkey/test-support/own-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../../testing/index.ts";

const bookings = "https://api.example.com/bookings";
const calendar = "https://api.example.com/calendar";

describe("introspection with the key of a resource (FR-C4)", () => {
  let platform: TestPlatform;
  let api: OwnApi;
  let other: OwnApi;
  let keyIds: string[];
  beforeAll(async () => {
    platform = await createTestPlatform();
    await createBookingScopes(platform);
    api = await createOwnApi(platform, bookings);
    other = await createOwnApi(platform, calendar);
    const keys = (await managementCaller(platform)("GET /api-keys")).body.items;
    keyIds = [bookings, calendar].map((one) => keys.find(({ resource }) => resource === one)?.keyId ?? "");
  });
  afterAll(() => platform.close());

  async function introspect(headers: Record<string, string>, parameters: Record<string, string> = {}) {
    const response = await fetch(`${platform.url}/oauth2/introspect`, {
      method: "POST",
      headers,
      body: new URLSearchParams({ token: await api.mint(), ...parameters }),
    });
    const body = (await response.json()) as Record<string, unknown>;
    return { status: response.status, challenge: response.headers.get("www-authenticate"), body };
  }
  const basic = (id: string, key: string) => ({
    authorization: `Basic ${Buffer.from(`${id}:${key}`).toString("base64")}`,
  });
  const described = { status: 200, body: { active: true, aud: bookings, permissions: expect.any(Array) } };
  const wrong = {
    status: 401,
    body: {
      error: "invalid_client",
      error_description: "The client is unknown or its secret is wrong.",
    },
  };

  test("works by HTTP Basic with its identifier, escaped or not, and with the id of the key", async () => {
    for (const id of [
      bookings,
      encodeURIComponent(bookings),
      keyIds[0] ?? "",
      keyIds[0]?.toUpperCase() ?? "",
    ]) {
      expect(await introspect(basic(id, api.apiKey))).toMatchObject(described);
    }
  });

  test("works with client_id and client_secret in the body", async () => {
    for (const client_id of [bookings, keyIds[0] ?? ""]) {
      expect(await introspect({}, { client_id, client_secret: api.apiKey })).toMatchObject(described);
    }
  });

  test("works as a bearer token without an id", async () => {
    expect(await introspect({ authorization: `Bearer ${api.apiKey}` })).toMatchObject(described);
  });

  test("sees no token of another resource", async () => {
    expect((await introspect(basic(calendar, other.apiKey))).body).toEqual({ active: false });
  });

  test("rejects a key with the id of something else, and an id with a wrong key", async () => {
    const app = api.appId;
    for (const [id, key] of [
      [calendar, api.apiKey],
      [keyIds[1] ?? "", api.apiKey],
      [app, api.apiKey],
      ["made-up", api.apiKey],
      [bookings, `${api.apiKey.slice(0, -1)}_`],
      [bookings, api.secret],
      [bookings, platform.adminKey],
    ] as const) {
      const byBasic = await introspect(basic(id, key));
      expect(byBasic).toEqual({ ...wrong, challenge: 'Basic realm="latchkey"' });
      const inBody = await introspect({}, { client_id: id, client_secret: key });
      expect(inBody).toEqual({ ...wrong, challenge: null });
    }
  });

  test("is not possible with the key of an app or of the platform", async () => {
    const call = managementCaller(platform);
    for (const body of [{ appId: api.appId }, {}]) {
      const made = await call("POST /api-keys", { body: { ...body, name: "other", scopes: ["apps:read"] } });
      const { keyId, value } = made.body;
      expect(await introspect(basic(keyId, value))).toMatchObject(wrong);
    }
  });
});

test("the key of a resource revokes no token: that is for the app (RFC 7009 §2.1)", async () => {
  const platform = await createTestPlatform();
  await createBookingScopes(platform);
  const api = await createOwnApi(platform, bookings);
  const token = await api.mint();
  const response = await fetch(`${platform.url}/oauth2/revoke`, {
    method: "POST",
    body: new URLSearchParams({ client_id: bookings, client_secret: api.apiKey, token }),
  });
  expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([
    401,
    "invalid_client",
  ]);
  await platform.close();
});
