import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { sessionCaller, sessionCookie } from "@latchkey/test-support/accounts";
import { managementCaller } from "@latchkey/test-support/management-client";
import { fillPath, readManagementOperations } from "@latchkey/test-support/management-operations";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Postgres, startPostgres } from "../../tools/postgres/start-postgres.ts";

let postgres: Postgres;
let platform: TestPlatform;
let client: { client_id: string; client_secret: string; instance_id: string };
let apiKey: string;
let token: string;

beforeAll(async () => {
  postgres = await startPostgres();
  const own = process.env.TEST_DATABASE_URL;
  process.env.TEST_DATABASE_URL = postgres.url;
  platform = await createTestPlatform({ resources: [stores], database: "postgres" });
  process.env.TEST_DATABASE_URL = own;
  const app = await platform.createApp({ scopes: ["SCOPE.DC-STORES.READ-PRODUCTS"] });
  const { siteId } = await platform.createSite();
  const { instanceId } = await platform.install({ appId: app.appId, siteId });
  client = { client_id: app.appId, client_secret: app.secret.value, instance_id: instanceId };
  token = ((await (await mint()).json()) as { access_token: string }).access_token;
  const admin = managementCaller(platform);
  apiKey = (await admin("POST /api-keys", { body: { name: "Key", scopes: ["apps:read"] } })).body.value;
});
afterAll(async () => {
  await platform.close();
  await postgres.close();
});

const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  fetch(platform.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
const mint = () => post("/oauth2/token", { grant_type: "client_credentials", ...client });

/** One of each kind of request that needs the database, with valid credentials. */
const requests: readonly (readonly [string, () => Promise<Response>])[] = [
  ["the token endpoint", mint],
  ["token-info", () => post("/oauth2/token-info", { token })],
  ["introspection", () => post("/oauth2/introspect", { ...client, token })],
  [
    "Get App Instance",
    () => fetch(`${platform.url}/apps/v1/instance`, { headers: { authorization: token } }),
  ],
  ["Query Products", () => post("/stores/v1/products/query", {}, { authorization: token })],
  ["the key set", () => fetch(`${platform.url}/.well-known/jwks.json`)],
  ["the management API with the admin key", () => manage(platform.adminKey)],
  ["the management API with another key", () => manage(apiKey)],
  ["readiness", () => fetch(`${platform.url}/readyz`)],
];

/** Endpoints with the error format of RFC 6749. */
const oauth = new Set(["the token endpoint", "token-info", "introspection", "the key set"]);

const manage = (key: string) =>
  fetch(`${platform.url}/admin/v1/apps`, { headers: { authorization: `Bearer ${key}` } });

test("while PostgreSQL is down every request that needs it gets 503, never 401, and works again afterwards", async () => {
  for (const [name, send] of requests) expect([name, (await send()).status]).toEqual([name, 200]);

  await postgres.stop();
  for (const [name, send] of requests) {
    const response = await send();
    expect([name, response.status, response.headers.get("retry-after")]).toEqual([name, 503, "1"]);
    const { error = "none" } = (await response.json()) as { error?: string };
    expect([name, error]).toEqual([name, oauth.has(name) ? "temporarily_unavailable" : "none"]);
  }
  expect((await fetch(`${platform.url}/healthz`)).status).toBe(200);

  await postgres.start();
  for (const [name, send] of requests) expect([name, (await send()).status]).toEqual([name, 200]);
});

test("every operation of the management API returns 503", async () => {
  const operations = await readManagementOperations(platform.url);
  const needless = ["GET /dev/clock", "POST /dev/clock", "GET /dev/faults"];
  const callWithSession = sessionCaller(platform, sessionCookie(platform, "A".repeat(43)));
  const id = "00000000-0000-4000-8000-000000000000";
  const ids = {
    appId: id,
    siteId: id,
    instanceId: id,
    secretId: id,
    keyId: id,
    kid: id,
    webhookId: id,
    deliveryId: id,
    eventId: id,
    jobId: id,
    extensionId: id,
    accountId: id,
    sessionId: id,
    requestId: id,
    linkId: id,
    passkeyId: "AAAA",
    scopeId: "NEW",
    role: "EDITOR",
    componentType: "OWN",
  };
  const bodies: Record<string, object> = {
    addFault: { target: "token", status: 503 },
    createApp: { name: "New" },
    changeApp: { name: "New" },
    createAppSecret: { name: "New" },
    createSite: { name: "New" },
    changeSite: { name: "New" },
    installApp: { appId: id },
    createPermission: { permissionId: "NEW", description: "New" },
    createScope: { scopeId: "NEW", name: "New", permissions: ["NEW"] },
    createResource: { identifier: "urn:example:new", name: "New" },
    createWebhook: { eventType: "AppInstalled", url: "http://127.0.0.1:9999/hooks" },
    changeWebhook: { url: "http://127.0.0.1:9999/hooks" },
    createExtension: { kind: "EXTERNAL_PAGE", url: "http://127.0.0.1:9999/page" },
    changeExtension: { url: "http://127.0.0.1:9999/page" },
    testExtension: { instanceId: id, method: "own" },
    createPageUrl: { extensionId: id },
    createUserToken: { accountId: "somebody" },
    putServicePluginType: { methods: [{ name: "own", path: "/own", timeoutMs: 1_000 }] },
    callServicePlugins: { siteId: id, componentType: "OWN", method: "own" },
    putMember: { role: "OWNER" },
    putRole: { permissions: [] },
    createEventType: { eventType: "new", description: "New" },
    publishEvent: { siteId: id, eventType: "PlanReactivated", payload: {} },
    createApiKey: { name: "New", scopes: ["apps:read"] },
    createAccount: { email: "new@example.com", name: "New" },
    changeAccount: { name: "New" },
    addDeveloper: { accountId: id },
    createPreApprovals: { scopeIds: ["NEW"] },
    findSecret: { id },
    countForJob: { action: "cancel", filter: { appId: id } },
    createJob: { action: "cancel", filter: { appId: id }, confirmCount: 0 },
    withdrawScopes: { scopes: ["NEW"] },
    createInstallLink: { appId: id },
    createPortalLinkOfApp: { pages: ["logs"], origin: "https://product.example" },
    createPortalLinkOfSite: { pages: ["apps"], origin: "https://product.example" },
    createCode: { instanceId: id, redirectUrl: "http://127.0.0.1:9999/callback" },
    changeRetention: { tokenLog: 7 },
  };
  const queries: Record<string, string> = { findId: `?id=${id}` };
  const call = managementCaller(platform);
  await postgres.stop();
  for (const operation of operations.filter((one) => !needless.includes(one.call))) {
    const body = operation.takesBody ? (bodies[operation.operationId] ?? {}) : undefined;
    // The operations of an account need a session.
    const send = operation.call.includes(" /me") ? callWithSession : call;
    const response = await send(fillPath(operation.call, ids) + (queries[operation.operationId] ?? ""), {
      body,
    });
    expect([operation.operationId, response.status, response.headers.get("retry-after")]).toEqual([
      operation.operationId,
      503,
      "1",
    ]);
  }
  await postgres.start();
});

test("running requests get their response or 503 when PostgreSQL dies", async () => {
  const statuses = new Set<number>();
  let over = false;
  const clients = Array.from({ length: 16 }, async (_, index) => {
    while (!over) {
      const [, send = mint] = requests[index % requests.length] ?? [];
      statuses.add((await send()).status);
    }
  });
  for (let round = 0; round < 3; round += 1) {
    while (!statuses.has(200)) await new Promise((resolve) => setImmediate(resolve));
    await postgres.stop();
    while (!statuses.has(503)) await new Promise((resolve) => setImmediate(resolve));
    expect([...statuses].sort()).toEqual([200, 503]);
    await postgres.start();
    statuses.clear();
  }
  over = true;
  await Promise.all(clients);
  statuses.clear();
  for (const [name, send] of requests) expect([name, (await send()).status]).toEqual([name, 200]);
});
