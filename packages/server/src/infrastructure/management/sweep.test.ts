import { stores } from "@latchkey/stores";
import { type CallManagement, errorBody, managementCaller } from "@latchkey/test-support/management-client";
import {
  type ManagementOperation,
  readManagementOperations,
} from "@latchkey/test-support/management-operations";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keyScopeNames } from "../../features/api-keys/index.ts";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";
import { perform, populate, storedState } from "../../testing/support/sweep-objects.ts";
import { undocumented } from "../../testing/support/undocumented.ts";

// Every rule is tested on every operation of the OpenAPI document, so new routes are included.

let platform: TestPlatform;
let operations: ManagementOperation[];
let admin: CallManagement;

beforeAll(async () => {
  platform = await createTestPlatform({ resources: [stores], refusedDeliveries: "allow" });
  operations = await readManagementOperations(platform.url);
  admin = managementCaller(platform);
  await admin("POST /resources", { body: { identifier: "urn:example:swept", name: "Swept" } });
});
afterAll(() => platform.close());

/** Operations that need the session of an account; see the sweep of accounts. */
const forSessions = [
  ...["listMySessions", "endMySession", "changeMyPassword", "listMyPasskeys", "getMyPasskeyOptions"],
  ...["registerMyPasskey", "deleteMyPasskey"],
];
/** The operation of a development server that returns what is stored, for tests. */
const exportsSecrets = "exportState";
/** The scope of operations for the admin key only. */
const adminOnly = "development";
/** The scopes of this API. The other one is for introspection. */
const scopeNames = keyScopeNames.filter((scope) => scope !== "tokens:introspect");

test("every operation has a unique id and a scope that a key can have", () => {
  expect(operations.length).toBeGreaterThanOrEqual(40);
  const operationIds = operations.map(({ operationId }) => operationId);
  expect(new Set(operationIds).size).toBe(operationIds.length);
  for (const { operationId, scope } of operations) {
    expect([operationId, [...scopeNames, adminOnly]]).toEqual([operationId, expect.arrayContaining([scope])]);
  }
});

test("H8 every operation checks the key before anything else", async () => {
  const { ids } = await populate(platform, "Locked");
  const before = await storedState(platform);
  for (const operation of operations) {
    const response = await perform(managementCaller(platform, "wrong"), operation, ids);
    expect([operation.operationId, response.status, response.body]).toEqual([
      operation.operationId,
      401,
      errorBody("UNAUTHENTICATED", "A valid API key is required, as Authorization: Bearer <key>."),
    ]);
  }
  expect(await storedState(platform)).toBe(before);
});

test("H8 every operation requires its own scope and accepts no other", async () => {
  const { ids } = await populate(platform, "Scoped");
  const calls = new Map<string, CallManagement>();
  for (const scope of [...scopeNames, adminOnly]) {
    const scopes = scopeNames.filter((one) => one !== scope);
    const { body } = await admin("POST /api-keys", { body: { name: `All but ${scope}`, scopes } });
    calls.set(scope, managementCaller(platform, body.value));
  }
  const before = await storedState(platform);
  for (const operation of operations) {
    const { operationId, scope } = operation;
    const response = await perform(calls.get(scope) ?? admin, operation, ids);
    expect([operationId, response.status, response.body]).toEqual([
      operationId,
      403,
      errorBody("PERMISSION_DENIED", `This call needs an API key with the scope ${scope}.`, { scope }),
    ]);
  }
  expect(await storedState(platform)).toBe(before);
});

describe("H1 for a key of one app", () => {
  // Operations that the key may call although their path has no app id.
  const open = [
    "listApps",
    "listApprovals",
    "listPermissions",
    "listScopes",
    "listResources",
    "listAuditEntries",
    "listDeliveries",
    "listJobs",
    "listEventTypes",
    "listServicePluginTypes",
    "listServicePluginCalls",
    "listTokenLog",
    "findId",
    "findSecret",
  ];

  // Operations about the whole platform or a site, whose scopes such a key can have.
  const ofPlatform = ["createApp", "listPortalLinksOfSite", "createPortalLinkOfSite"];

  test("every path responds 404 for another app", async () => {
    const own = await populate(platform, "Own");
    const other = await populate(platform, "Other");
    const scopes = scopeNames.filter(
      (scope) =>
        !/^(accounts|sites|keys|api-keys|events|members|metrics|pages|settings)|(permissions|instances|service-plugins):write|:call/.test(
          scope,
        ),
    );
    const { body } = await admin("POST /api-keys", {
      body: { name: "Bound", scopes, appId: own.ids.appId },
    });
    const bound = managementCaller(platform, body.value);
    const before = await storedState(platform);
    for (const operation of operations) {
      const { operationId } = operation;
      const response = await perform(bound, operation, other.ids);
      if (open.includes(operationId)) {
        expect([operationId, response.status]).toEqual([operationId, 200]);
      } else {
        expect([operationId, [403, 404]]).toEqual([operationId, expect.arrayContaining([response.status])]);
        const hasItsScope = scopes.some((scope) => scope === operation.scope);
        if (hasItsScope && !ofPlatform.includes(operationId)) {
          expect([operationId, response.status]).toEqual([operationId, 404]);
        }
      }
      // Both apps have the same scope.
      const { scopeId: _, ...ids } = other.ids;
      for (const id of Object.values(ids)) expect([operationId, response.text]).not.toContain(id);
      expect(response.text).not.toContain("Other");
    }
    for (const path of ["/audit", "/token-log", "/deliveries", "/service-plugin-calls"]) {
      const response = await bound(`GET ${path}?appId=${other.ids.appId}`);
      expect([response.status, response.body]).toEqual([
        404,
        errorBody("APP_NOT_FOUND", "There is no app with this id."),
      ]);
    }
    expect(await storedState(platform)).toBe(before);
  });

  test("its own app is in lists and found by id", async () => {
    const own = await populate(platform, "Own");
    await populate(platform, "Other");
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
    const { ids } = await populate(platform, "Own");
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
    expect((await admin(`GET /apps/${ids.appId}`)).body).toMatchObject({
      enabled: false,
      legacy: { redirectUrls: ["http://127.0.0.1:9999/legacy"] },
    });
  });

  test("operations that concern the whole platform are rejected", async () => {
    const own = await populate(platform, "Own");
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
    const { ids, secrets } = await populate(platform, "Secret keeper");
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
      if (forSessions.includes(operation.operationId) || operation.operationId === exportsSecrets) continue;
      const { operationId } = operation;
      const response = await perform(admin, operation, ids);
      expect([operationId, response.status]).toEqual([operationId, 200]);
      if (response.body.items !== undefined) {
        expect([operationId, response.body.items.length]).not.toEqual([operationId, 0]);
      }
      for (const value of hidden)
        expect([operationId, response.text.includes(value)]).toEqual([operationId, false]);
      expect(undocumented(operation.response, response.body, operationId)).toEqual([]);
    }
  });

  test("to a change has exactly the documented fields", async () => {
    const { ids } = await populate(platform, "Changed");
    const last = [
      "deleteWebhook",
      "deleteExtension",
      "deleteMember",
      "removeDeveloper",
      "deleteAccount",
      "deleteAppSecret",
      "deleteApiKey",
      "deletePortalLink",
      "removeInstance",
      "deleteSite",
      "deleteApp",
    ];
    const first = ["promoteAppSecret", "installApp", "declineInstallRequest"];
    const pausing = ["suspendInstance", "resumeInstance", "pauseWebhook", "resumeWebhook"];
    const changes = operations.filter(
      ({ call, operationId }) => !call.startsWith("GET ") && !forSessions.includes(operationId),
    );
    const named = (names: readonly string[]) =>
      names.flatMap((name) => changes.filter(({ operationId }) => operationId === name));
    // Operations that need another state are tested with their features.
    const other = changes.filter(({ operationId }) => ![...first, ...pausing, ...last].includes(operationId));
    for (const operation of [...other, ...named(pausing)]) {
      const response = await perform(admin, operation, ids);
      const { operationId } = operation;
      expect([operationId, response.status, response.text]).toMatchObject([operationId, 200, {}]);
      expect(undocumented(operation.response, response.body, operationId)).toEqual([]);
    }
  });
});
