import { stores } from "@latchkey/stores";
import { managementCaller } from "@latchkey/test-support/management-client";
import { createBookingScopes, createOwnApi, type OwnApi } from "@latchkey/test-support/own-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../../testing/index.ts";

const readProducts = "SCOPE.DC-STORES.READ-PRODUCTS";
const instanceRoute = "GET /apps/v1/instance";
const audience = "https://api.example.com/bookings";
const now = Date.parse("2026-01-02T09:04:05.678Z");

describe.each(["sqlite", "postgres"] as const)("the log of refused requests on %s", (engine) => {
  let platform: TestPlatform;
  let admin: ReturnType<typeof managementCaller>;
  let bookings: OwnApi;

  beforeAll(async () => {
    platform = await createTestPlatform({ database: engine, resources: [stores], now });
    admin = managementCaller(platform);
    await createBookingScopes(platform);
    bookings = await createOwnApi(platform, audience);
  });
  afterAll(() => platform.close());

  interface Client {
    readonly appId: string;
    readonly secret: string;
    readonly secretId: string;
    readonly instanceId: string;
    readonly siteId: string;
    readonly token: string;
  }

  /** Creates an app with an instance and a token of it. */
  async function install(): Promise<Client> {
    const { appId, secret } = await platform.createApp({
      scopes: [{ scopeId: readProducts, optional: true }],
    });
    const { siteId } = await platform.createSite();
    const { instanceId } = await platform.install({ appId, siteId });
    const client = { appId, secret: secret.value, secretId: secret.secretId, instanceId, siteId };
    const { body } = await askToken(client);
    return { ...client, token: String(body.access_token) };
  }

  async function post(path: string, parameters: Record<string, string>, authorization?: string) {
    const response = await fetch(platform.url + path, {
      method: "POST",
      headers: authorization === undefined ? {} : { authorization },
      body: new URLSearchParams(parameters),
    });
    const requestId = response.headers.get("x-request-id");
    return { status: response.status, requestId, body: (await response.json()) as Record<string, unknown> };
  }

  const askToken = (
    client: Pick<Client, "appId" | "secret" | "instanceId">,
    parameters: Record<string, string> = {},
  ) =>
    post("/oauth2/token", {
      grant_type: "client_credentials",
      client_id: client.appId,
      client_secret: client.secret,
      instance_id: client.instanceId,
      ...parameters,
    });

  async function get(path: string, token: string) {
    const response = await fetch(platform.url + path, { headers: { authorization: `Bearer ${token}` } });
    await response.arrayBuffer();
    return { status: response.status, requestId: response.headers.get("x-request-id") };
  }

  async function log(query: string, call = admin) {
    await platform.clock.advance(5_000);
    return (await call(`GET /token-log?${query}`)).body.items;
  }

  const reasons = async ({ appId }: Pick<Client, "appId">) =>
    (await log(`appId=${appId}`)).map(({ instanceId, kind, reason, requests, route }) => [
      ...[kind, route, reason, instanceId, requests],
    ]);

  test("explains a 401 of an API by app, instance, reason and time (FR-B6)", async () => {
    const { appId, instanceId, token } = await install();
    await admin(`POST /instances/${instanceId}/revoke-tokens`);
    await platform.clock.set(Date.parse("2026-01-02T10:32:00.000Z"));
    const first = await get("/apps/v1/instance", token);
    await platform.clock.advance(60_000);
    await get("/apps/v1/instance", token);
    const last = await get("/apps/v1/instance", token);
    expect([first.status, last.status]).toEqual([401, 401]);
    const entry = {
      ...{ entryId: expect.any(String), appId, instanceId, kind: "access-token", route: instanceRoute },
      ...{ reason: "generation_raised", requests: 3 },
      ...{ firstAt: "2026-01-02T10:32:00.000Z", lastAt: "2026-01-02T10:33:00.000Z" },
      ...{ firstRequestId: first.requestId, lastRequestId: last.requestId },
    };
    for (const query of [
      `appId=${appId}`,
      `appId=${appId}&reason=generation_raised&kind=access-token`,
      `instanceId=${instanceId}`,
      `requestId=${first.requestId}`,
      `requestId=${last.requestId}&appId=${appId}`,
      `since=2026-01-02T10:33:00Z&until=2026-01-02T10:59:00Z&instanceId=${instanceId}`,
    ]) {
      expect(await log(query)).toEqual([entry]);
    }
    for (const query of [
      `appId=${appId}&reason=expired`,
      `appId=${appId}&kind=client`,
      `requestId=${appId}`,
      `appId=${appId}&since=2026-01-02T10:33:01Z`,
      `appId=${appId}&until=2026-01-02T10:31:00Z`,
    ]) {
      expect(await log(query)).toEqual([]);
    }
  });

  test("are counted by route and reason for an app", async () => {
    const client = await install();
    const { appId, instanceId, token } = client;
    await admin(`POST /instances/${instanceId}/revoke-tokens`);
    const started = platform.clock.now();
    for (let count = 0; count < 3; count += 1) await get("/apps/v1/instance", token);
    await askToken({ ...client, secret: "wrong" });
    await platform.clock.advance(3_600_000);
    const lastAt = new Date(platform.clock.now()).toISOString();
    await get("/apps/v1/instance", token);
    await platform.clock.advance(5_000);
    const counted = async (query: string) =>
      (await admin(`GET /apps/${appId}/refused-requests${query}`)).body.items;
    const firstAt = new Date(started).toISOString();
    const wrong = {
      ...{ kind: "client", route: "POST /oauth2/token", reason: "wrong_secret", requests: 1 },
      lastAt: firstAt,
    };
    const revoked = { kind: "access-token", route: instanceRoute, reason: "generation_raised", lastAt };
    expect(await counted("")).toEqual([{ ...revoked, requests: 4 }, wrong]);
    expect(await counted(`?since=${lastAt}`)).toEqual([{ ...revoked, requests: 1 }]);
    await platform.clock.advance(86_400_000);
    expect(await counted("")).toEqual([]);
  });

  test.each([
    ["instance_not_installed", ({ instanceId }: Client) => admin(`POST /instances/${instanceId}/suspend`)],
    ["app_disabled", ({ appId }: Client) => admin(`PATCH /apps/${appId}`, { body: { enabled: false } })],
    [
      "secret_compromised",
      async ({ appId, secretId }: Client) => {
        const made = await admin(`POST /apps/${appId}/secrets`, { body: { name: "next" } });
        await admin(`POST /apps/${appId}/secrets/${made.body.secretId}/promote`);
        await admin(`POST /apps/${appId}/secrets/${secretId}/compromise`);
      },
    ],
    [
      "revoked",
      ({ appId, secret, token }: Client) =>
        post("/oauth2/revoke", { client_id: appId, client_secret: secret, token }),
    ],
    ["expired", () => platform.clock.advance(4 * 3_600_000)],
  ])("has the reason %s of an access token", async (reason, change) => {
    const client = await install();
    await change(client);
    expect((await get("/apps/v1/instance", client.token)).status).toBe(401);
    expect(await reasons(client)).toEqual([["access-token", instanceRoute, reason, client.instanceId, 1]]);
  });

  test("has missing permissions, wrong audiences and calls of proxies", async () => {
    const client = await install();
    const { appId, instanceId, token } = client;
    await platform.approve(instanceId, []);
    expect((await get("/stores-reader/v1/products/query-platformized", token)).status).toBe(403);
    expect((await get("/forward-auth?permission=WIX_STORES.READ_PRODUCTS", token)).status).toBe(403);
    expect((await get(`/forward-auth?resource=${audience}`, token)).status).toBe(401);
    expect((await reasons({ appId })).sort()).toEqual(
      [
        ["access-token", "GET /forward-auth", "missing_permission", instanceId, 1],
        ["access-token", "GET /forward-auth", "wrong_audience", instanceId, 1],
        [
          ...["access-token", "GET /stores-reader/v1/products/query-platformized", "missing_permission"],
          ...[instanceId, 1],
        ],
      ].sort(),
    );
  });

  test("has tokens that introspection and token-info describe as inactive", async () => {
    const client = await install();
    const other = await install();
    const { appId, instanceId, token } = client;
    const proof = { client_id: appId, client_secret: client.secret };
    await post("/oauth2/introspect", { ...proof, token: other.token });
    await post("/oauth2/introspect", { token }, `Bearer ${bookings.apiKey}`);
    await platform.clock.advance(4 * 3_600_000);
    for (const path of ["/oauth2/introspect", "/oauth2/token-info"]) {
      expect((await post(path, { ...proof, token })).body).toEqual({ active: false });
    }
    expect((await reasons(client)).sort()).toEqual(
      [
        ["access-token", "POST /oauth2/introspect", "expired", instanceId, 1],
        ["access-token", "POST /oauth2/introspect", "other_app", null, 1],
        ["access-token", "POST /oauth2/introspect", "wrong_audience", instanceId, 1],
        ["access-token", "POST /oauth2/token-info", "expired", instanceId, 1],
      ].sort(),
    );
    expect(await reasons(other)).toEqual([]);
  });

  test("has requests of the token endpoint, with the instance only after the right secret", async () => {
    const client = await install();
    const unknown = "11111111-1111-4111-8111-111111111111";
    for (let count = 0; count < 3; count += 1) {
      await askToken({ ...client, secret: "wrong", instanceId: crypto.randomUUID() });
    }
    await askToken({ ...client, instanceId: unknown });
    await askToken(client, { scope: "SCOPE.UNKNOWN" });
    expect((await reasons(client)).sort()).toEqual(
      [
        ["client", "POST /oauth2/token", "invalid_scope", client.instanceId, 1],
        ["client", "POST /oauth2/token", "unknown_instance", unknown, 1],
        ["client", "POST /oauth2/token", "wrong_secret", null, 3],
      ].sort(),
    );
  });

  test("has calls with API keys of the app: without the scope, for other apps, and after their end", async () => {
    const { appId } = await install();
    const other = await install();
    const body = { name: "key", appId, scopes: ["token-log:read"] };
    const key = (await admin("POST /api-keys", { body })).body;
    const bound = managementCaller(platform, key.value);
    expect((await bound(`GET /apps/${appId}`)).status).toBe(403);
    expect((await bound(`GET /token-log?appId=${other.appId}`)).status).toBe(404);
    expect((await bound("GET /sites")).status).toBe(403);
    const entries = await log("", bound);
    expect(entries.map(({ appId: id, kind, reason, route }) => [id, kind, route, reason]).sort()).toEqual(
      [
        [appId, "api-key", "GET /admin/v1/apps/{appId}", "missing_scope"],
        [appId, "api-key", "GET /admin/v1/sites", "missing_scope"],
        [appId, "api-key", "GET /admin/v1/token-log", "other_app"],
      ].sort(),
    );
    await admin(`DELETE /api-keys/${key.keyId}`);
    expect((await bound(`GET /apps/${appId}`)).status).toBe(401);
    expect(await reasons({ appId })).toContainEqual([
      ...["api-key", "GET /admin/v1/apps/{appId}", "key_deleted", null, 1],
    ]);
  });

  test("names no app for a token whose signature is wrong", async () => {
    const { appId, token } = await install();
    const [header, payload] = token.split(".");
    expect((await get("/apps/v1/instance", `${header}.${payload}.${"A".repeat(86)}`)).status).toBe(401);
    expect(await reasons({ appId })).toEqual([]);
    const metrics = await platform.platform.database.read.selectFrom("token_log").select("reason").execute();
    expect(metrics.map(({ reason }) => reason)).not.toContain("bad_signature");
  });
});
