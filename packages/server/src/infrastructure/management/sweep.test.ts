import { stores } from "@latchkey/stores";
import {
  type CallManagement,
  errorBody,
  type ManagementResponse,
  managementCaller,
} from "@latchkey/test-support/management-client";
import {
  fillPath,
  type JsonSchema,
  type ManagementOperation,
  readManagementOperations,
} from "@latchkey/test-support/management-operations";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keyScopeNames } from "../../features/api-keys/index.ts";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";

// Every rule is tested on every operation of the OpenAPI document, so new routes are included.

let platform: TestPlatform;
let operations: ManagementOperation[];
let admin: CallManagement;

beforeAll(async () => {
  platform = await createTestPlatform({ resources: [stores], refusals: "allow" });
  operations = await readManagementOperations(platform.url);
  admin = managementCaller(platform);
  await admin("POST /resources", { body: { identifier: "urn:example:swept", name: "Swept" } });
});
afterAll(() => platform.close());

/** The scope of operations for the admin key only. */
const adminOnly = "development";
/** The scopes of this API. The other two are for introspection and metrics. */
const scopeNames = keyScopeNames.filter((scope) => scope !== "tokens:introspect" && scope !== "metrics:read");

type Ids = Readonly<Record<string, string>>;

/** Creates an object for every id in a path: an app on its own site, a second secret, an API key, a signing key. */
async function populate(name: string) {
  const app = await platform.createApp({ name });
  const site = await platform.createSite({ name: `${name} site` });
  const instance = await platform.install({ appId: app.appId, siteId: site.siteId });
  const second = await admin(`POST /apps/${app.appId}/secrets`, { body: { name: `${name} secret` } });
  const apiKey = await admin("POST /api-keys", { body: { name: `${name} key`, scopes: ["apps:read"] } });
  const signingKey = await admin("POST /keys", { body: { activateNow: true } });
  const webhooks = `POST /apps/${app.appId}/webhooks`;
  const hook = { eventType: "AppInstalled", url: "http://127.0.0.1:9999/hooks" };
  const { body: webhook } = await admin(webhooks, { body: hook });
  const { body: delivery } = await admin(`${webhooks}/${webhook.webhookId}/test`);
  const extensions = `POST /apps/${app.appId}/extensions`;
  const { body: page } = await admin(extensions, { body: newPage });
  await admin(extensions, { body: newPlugin("ECOM_SHIPPING_RATES") });
  const accountId = `member-of-${name.replaceAll(/\W/g, "-")}`;
  await admin(`PUT /sites/${site.siteId}/members/${accountId}`, { body: { role: "OWNER" } });
  await admin("POST /service-plugins/call", { body: shippingCall({ siteId: site.siteId }) });
  await admin(`POST /apps/${app.appId}/backfill`);
  await platform.settled();
  const { body: events } = await admin(`GET /sites/${site.siteId}/events`);
  // Adds an entry to the token log.
  await fetch(`${platform.url}/oauth2/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      grant_type: "client_credentials",
      client_id: app.appId,
      client_secret: app.secret.value,
      instance_id: site.siteId,
    }),
  });
  const ids: Ids = {
    appId: app.appId,
    siteId: site.siteId,
    instanceId: instance.instanceId,
    secretId: second.body.secretId,
    keyId: apiKey.body.keyId,
    kid: signingKey.body.kid,
    webhookId: String(webhook.webhookId),
    deliveryId: String(delivery.deliveryId),
    eventId: String(events.items[0]?.eventId),
    extensionId: String(page.extensionId),
    accountId,
    role: "EDITOR",
    componentType: "SWEPT",
  };
  return {
    ids,
    secrets: [app.secret.value, second.body.value, apiKey.body.value, String(webhook.signingSecret)],
  };
}

const newPage = { kind: "IFRAME_PAGE", url: "http://127.0.0.1:9999/page" };
const newPlugin = (componentType: string) => ({
  ...{ kind: "SERVICE_PLUGIN", componentType },
  baseUri: "http://127.0.0.1:9999/plugins",
});
const shippingCall = ({ siteId }: Ids) => ({
  ...{ siteId, componentType: "ECOM_SHIPPING_RATES", method: "getShippingRates" },
  request: { lineItems: [{ quantity: 1 }] },
});

/** A valid body for each operation. The sweep fails for an operation without one. */
const bodies: Readonly<Record<string, (ids: Ids) => object>> = {
  createApp: () => ({ name: "New" }),
  changeApp: () => ({ name: "Changed" }),
  createAppSecret: () => ({ name: "New" }),
  createSite: () => ({ name: "New" }),
  changeSite: () => ({ name: "Changed" }),
  installApp: ({ appId }) => ({ appId }),
  approveInstance: () => ({}),
  createWebhook: () => ({ eventType: "AppRemoved", url: "http://127.0.0.1:9999/new" }),
  changeWebhook: () => ({ url: "http://127.0.0.1:9999/changed" }),
  replayWebhook: () => ({}),
  testWebhook: () => ({}),
  createEventType: () => ({ eventType: "new", description: "New" }),
  publishEvent: ({ siteId }) => ({ siteId, eventType: "PlanReactivated", payload: {} }),
  createExtension: () => newPlugin("ECOM_ADDITIONAL_FEES"),
  changeExtension: () => ({ url: "http://127.0.0.1:9999/moved" }),
  putServicePluginType: () => ({ methods: [{ name: "sweep", path: "/v1/sweep", timeoutMs: 1_000 }] }),
  callServicePlugins: shippingCall,
  createPageUrl: ({ extensionId }) => ({ extensionId }),
  createUserToken: ({ accountId }) => ({ accountId }),
  putMember: () => ({ role: "OWNER" }),
  putRole: () => ({ permissions: ["WIX_STORES.READ_PRODUCTS"] }),
  createPermission: () => ({ permissionId: "NEW", description: "New" }),
  createScope: () => ({ scopeId: "NEW", name: "New", permissions: ["WIX_STORES.READ_PRODUCTS"] }),
  createResource: () => ({ identifier: "https://api.example.com/new", name: "New" }),
  createSigningKey: () => ({}),
  retireSigningKey: () => ({}),
  createApiKey: () => ({ name: "New", scopes: ["apps:read"] }),
  moveClock: () => ({ advance: "1s" }),
};

async function perform(
  call: CallManagement,
  operation: ManagementOperation,
  ids: Ids,
): Promise<ManagementResponse> {
  const body = bodies[operation.operationId]?.(ids);
  expect([operation.operationId, body !== undefined]).toEqual([operation.operationId, operation.takesBody]);
  return await call(fillPath(operation.call, ids), { body });
}

/** Everything that the platform stores, except its records of the calls. */
async function storedState(): Promise<string> {
  const { read } = platform.platform.database;
  const tables = [
    ...(["apps", "app_secrets", "sites", "instances", "permissions", "scopes", "resources"] as const),
    ...(["signing_keys", "event_types", "webhooks", "backfills", "extensions", "roles"] as const),
    ...(["service_plugin_types", "site_members", "api_keys", "audit", "events"] as const),
    "idempotency_keys" as const,
  ];
  const rows = await Promise.all(tables.map((table) => read.selectFrom(table).selectAll().execute()));
  return JSON.stringify(rows);
}

test("every operation has a unique id and a scope that a key can have", () => {
  expect(operations.length).toBeGreaterThanOrEqual(40);
  const operationIds = operations.map(({ operationId }) => operationId);
  expect(new Set(operationIds).size).toBe(operationIds.length);
  for (const { operationId, scope } of operations) {
    expect([operationId, [...scopeNames, adminOnly]]).toEqual([operationId, expect.arrayContaining([scope])]);
  }
});

test("H8 every operation checks the key before anything else", async () => {
  const { ids } = await populate("Locked");
  const before = await storedState();
  for (const operation of operations) {
    const response = await perform(managementCaller(platform, "wrong"), operation, ids);
    expect([operation.operationId, response.status, response.body]).toEqual([
      operation.operationId,
      401,
      errorBody("UNAUTHENTICATED", "A valid API key is required, as Authorization: Bearer <key>."),
    ]);
  }
  expect(await storedState()).toBe(before);
});

test("H8 every operation requires its own scope and accepts no other", async () => {
  const { ids } = await populate("Scoped");
  const calls = new Map<string, CallManagement>();
  for (const scope of [...scopeNames, adminOnly]) {
    const scopes = scopeNames.filter((one) => one !== scope);
    const { body } = await admin("POST /api-keys", { body: { name: `All but ${scope}`, scopes } });
    calls.set(scope, managementCaller(platform, body.value));
  }
  const before = await storedState();
  for (const operation of operations) {
    const { operationId, scope } = operation;
    const response = await perform(calls.get(scope) ?? admin, operation, ids);
    expect([operationId, response.status, response.body]).toEqual([
      operationId,
      403,
      errorBody("PERMISSION_DENIED", `This call needs an API key with the scope ${scope}.`, { scope }),
    ]);
  }
  expect(await storedState()).toBe(before);
});

describe("H1 for a key of one app", () => {
  // Operations that the key may call although their path has no app id.
  const open = [
    "listApps",
    "listPermissions",
    "listScopes",
    "listResources",
    "listAuditEntries",
    "listDeliveries",
    "listEventTypes",
    "listServicePluginTypes",
    "listServicePluginCalls",
    "listTokenLog",
  ];

  test("every path responds 404 for another app", async () => {
    const own = await populate("Own");
    const other = await populate("Other");
    const scopes = scopeNames.filter(
      (scope) =>
        !/^(sites|keys|api-keys|events|members|pages)|(permissions|instances|service-plugins):write|:call/.test(
          scope,
        ),
    );
    const { body } = await admin("POST /api-keys", {
      body: { name: "Bound", scopes, appId: own.ids.appId },
    });
    const bound = managementCaller(platform, body.value);
    const before = await storedState();
    for (const operation of operations) {
      const { operationId } = operation;
      const response = await perform(bound, operation, other.ids);
      if (open.includes(operationId)) {
        expect([operationId, response.status]).toEqual([operationId, 200]);
      } else {
        expect([operationId, [403, 404]]).toEqual([operationId, expect.arrayContaining([response.status])]);
        const hasItsScope = scopes.some((scope) => scope === operation.scope);
        if (hasItsScope && operationId !== "createApp") {
          expect([operationId, response.status]).toEqual([operationId, 404]);
        }
      }
      for (const id of Object.values(other.ids)) expect([operationId, response.text]).not.toContain(id);
      expect(response.text).not.toContain("Other");
    }
    for (const path of ["/audit", "/token-log", "/deliveries", "/service-plugin-calls"]) {
      const response = await bound(`GET ${path}?appId=${other.ids.appId}`);
      expect([response.status, response.body]).toEqual([
        404,
        errorBody("APP_NOT_FOUND", "There is no app with this id."),
      ]);
    }
    expect(await storedState()).toBe(before);
  });

  test("its own app is in lists and found by id", async () => {
    const own = await populate("Own");
    await populate("Other");
    const { body } = await admin("POST /api-keys", {
      body: {
        name: "Bound",
        scopes: ["apps:read", "apps:write", "instances:read", "audit:read"],
        appId: own.ids.appId,
      },
    });
    const bound = managementCaller(platform, body.value);
    const { appId, siteId, instanceId } = own.ids;
    expect((await bound("GET /apps")).body.items.map((app) => app.appId)).toEqual([appId]);
    const instances = await bound(`GET /sites/${siteId}/instances`);
    expect(instances.body.items.map((instance) => instance.instanceId)).toEqual([instanceId]);
    const audit = await bound("GET /audit?limit=100");
    expect(new Set(audit.body.items.map((entry) => entry.appId))).toEqual(new Set([appId]));
    for (const call of [
      `GET /apps/${appId}`,
      `GET /apps/${appId}/instances`,
      `GET /instances/${instanceId}`,
    ]) {
      expect([call, (await bound(call)).status]).toEqual([call, 200]);
    }
  });

  test("settings of its app that belong to the platform cannot be changed", async () => {
    const { ids } = await populate("Own");
    const { body } = await admin("POST /api-keys", {
      body: { name: "Bound", scopes: ["apps:write"], appId: ids.appId },
    });
    const bound = managementCaller(platform, body.value);
    await admin(`PATCH /apps/${ids.appId}`, { body: { enabled: false } });
    const legacy = { appUrl: "https://a.example/", redirectUrls: ["https://a.example/callback"] };
    for (const change of [{ enabled: true }, { legacy }]) {
      const response = await bound(`PATCH /apps/${ids.appId}`, { body: change });
      expect([change, response.status, response.body]).toEqual([
        change,
        403,
        errorBody(
          "PERMISSION_DENIED",
          "This call concerns the whole platform; a key that is bound to one app cannot make it.",
        ),
      ]);
    }
    expect((await admin(`GET /apps/${ids.appId}`)).body).toMatchObject({ enabled: false, legacy: null });
  });

  test("operations that concern the whole platform are rejected", async () => {
    const own = await populate("Own");
    const { body } = await admin("POST /api-keys", {
      body: { name: "Bound", scopes: ["apps:write"], appId: own.ids.appId },
    });
    const response = await managementCaller(platform, body.value)("POST /apps", { body: { name: "Second" } });
    expect([response.status, response.body]).toEqual([
      403,
      errorBody(
        "PERMISSION_DENIED",
        "This call concerns the whole platform; a key that is bound to one app cannot make it.",
      ),
    ]);
  });
});

describe("H2 every response", () => {
  test("to GET has no secrets, hashes, private keys or undocumented fields", async () => {
    const { ids, secrets } = await populate("Secret keeper");
    // The token log is written in batches.
    await platform.clock.advance(10_000);
    await admin("POST /apps", { body: { name: "Repeatable" }, headers: { "idempotency-key": "sweep" } });
    const { read } = platform.platform.database;
    const hidden = [platform.adminKey, ...secrets, "PRIVATE KEY", "lks_", "lka_"];
    for (const row of await read.selectFrom("app_secrets").selectAll().execute()) {
      hidden.push(row.digest, row.sealed);
    }
    for (const row of await read.selectFrom("api_keys").selectAll().execute()) hidden.push(row.digest);
    for (const row of await read.selectFrom("signing_keys").selectAll().execute()) {
      hidden.push(row.sealed_private_key);
    }
    for (const row of await read.selectFrom("idempotency_keys").selectAll().execute()) {
      hidden.push(row.sealed_body);
    }
    for (const operation of operations.filter(({ call }) => call.startsWith("GET "))) {
      const { operationId } = operation;
      const response = await perform(admin, operation, ids);
      expect([operationId, response.status]).toEqual([operationId, 200]);
      if (response.body.items !== undefined) {
        expect([operationId, response.body.items.length]).not.toEqual([operationId, 0]);
      }
      for (const value of hidden)
        expect([operationId, response.text.includes(value)]).toEqual([operationId, false]);
      expect(undocumented(operation.answer, response.body, operationId)).toEqual([]);
    }
  });

  test("to a change has exactly the documented fields", async () => {
    const { ids } = await populate("Changed");
    const last = [
      "deleteWebhook",
      "deleteExtension",
      "deleteMember",
      "deleteAppSecret",
      "deleteApiKey",
      "removeInstance",
      "deleteSite",
      "deleteApp",
    ];
    const first = ["promoteAppSecret", "installApp"];
    const pausing = ["suspendInstance", "resumeInstance", "pauseWebhook", "resumeWebhook"];
    const changes = operations.filter(({ call }) => !call.startsWith("GET "));
    const named = (names: readonly string[]) =>
      names.flatMap((name) => changes.filter(({ operationId }) => operationId === name));
    // Operations that need another state are tested with their features.
    const other = changes.filter(({ operationId }) => ![...first, ...pausing, ...last].includes(operationId));
    for (const operation of [...other, ...named(pausing)]) {
      const response = await perform(admin, operation, ids);
      const { operationId } = operation;
      expect([operationId, response.status, response.text]).toMatchObject([operationId, 200, {}]);
      expect(undocumented(operation.answer, response.body, operationId)).toEqual([]);
    }
  });
});

/** Paths that exist only in a value or only in its schema. */
function undocumented(schema: JsonSchema, value: unknown, path: string): string[] {
  if (Array.isArray(value))
    return value.flatMap((item) => undocumented(schema.items ?? {}, item, `${path}[]`));
  if (typeof value !== "object" || value === null || schema.additionalProperties !== undefined) return [];
  const properties = schema.properties ?? {};
  const missing = (schema.required ?? []).filter((name) => !(name in value));
  return [
    ...missing.map((name) => `${path}.${name} is missing`),
    ...Object.entries(value).flatMap(([name, inner]) => {
      const known = properties[name];
      return known === undefined
        ? [`${path}.${name} is not documented`]
        : undocumented(known, inner, `${path}.${name}`);
    }),
  ];
}
