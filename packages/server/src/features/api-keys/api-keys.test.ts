import {
  type CallManagement,
  errorBody,
  managementCaller,
  violations,
} from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";

describe.each(["sqlite", "postgres"] as const)("an API key on %s", (engine) => {
  let platform: TestPlatform;
  let admin: CallManagement;

  beforeAll(async () => {
    platform = await createTestPlatform({ database: engine, now: 1_767_323_045_678 });
    admin = managementCaller(platform);
  });
  afterAll(() => platform.close());

  test("is shown with its value once, then without it", async () => {
    const { appId } = await platform.createApp();
    const { status, body } = await admin("POST /api-keys", {
      body: {
        name: "CI",
        scopes: ["apps:read", "apps:write"],
        appId: appId.toUpperCase(),
        expiresAt: "2026-02-01T00:00:00+01:00",
      },
    });
    const { value, ...shown } = body;
    expect([status, shown]).toEqual([
      200,
      {
        keyId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        name: "CI",
        scopes: ["apps:read", "apps:write"],
        appId,
        resource: null,
        createdBy: "admin",
        createdAt: "2026-01-02T03:04:05.678Z",
        lastUsedAt: null,
        expiresAt: "2026-01-31T23:00:00.000Z",
      },
    ]);
    expect(value).toMatch(/^lka_[0-9A-Za-z]{49}$/);
    const list = await admin("GET /api-keys");
    expect(list.body.items).toEqual([shown]);
    const rows = await platform.platform.database.read.selectFrom("api_keys").selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(value);
    const audit = await admin("GET /audit");
    expect(audit.text).not.toContain(value);
    expect(audit.body.items[0]).toMatchObject({ action: "api-key.created", actor: "admin", appId });
  });

  test("names its creator, and is deleted with it on request (FR-A13)", async () => {
    const make = async (call: CallManagement, name: string) =>
      (await call("POST /api-keys", { body: { name, scopes: ["api-keys:read", "api-keys:write"] } })).body;
    const use = (key: { value: string }) => managementCaller(platform, key.value);
    const status = async (key: { value: string }) => (await use(key)("GET /api-keys")).status;
    const first = await make(admin, "first");
    const second = await make(use(first), "second");
    const third = await make(use(second), "third");
    const unrelated = await make(admin, "unrelated");
    const creators = (await admin("GET /api-keys")).body.items.map(({ createdBy, keyId }) => [
      keyId,
      createdBy,
    ]);
    expect(Object.fromEntries(creators)).toMatchObject({
      [first.keyId]: "admin",
      [second.keyId]: `key:${first.keyId}`,
      [third.keyId]: `key:${second.keyId}`,
    });
    await admin(`DELETE /api-keys/${second.keyId}`);
    expect(await Promise.all([first, second, third].map(status))).toEqual([200, 401, 200]);
    expect((await admin(`DELETE /api-keys/${first.keyId}?cascade=true`)).status).toBe(200);
    expect(await Promise.all([first, second, third, unrelated].map(status))).toEqual([401, 401, 401, 200]);
    const audit = (await admin("GET /audit?action=api-key.deleted")).body.items;
    expect(audit.slice(0, 2).map(({ details }) => details)).toEqual([
      { keyId: third.keyId },
      { keyId: first.keyId },
    ]);
  });

  test("that is deleted already takes the keys that it created with it later (FR-A13)", async () => {
    const body = { name: "key", scopes: ["api-keys:read", "api-keys:write"] };
    const leaked = (await admin("POST /api-keys", { body })).body;
    const made = (await managementCaller(platform, leaked.value)("POST /api-keys", { body })).body;
    await admin(`DELETE /api-keys/${leaked.keyId}`);
    expect((await admin(`DELETE /api-keys/${leaked.keyId}`)).status).toBe(404);
    expect((await admin(`DELETE /api-keys/${leaked.keyId}?cascade=true`)).status).toBe(200);
    expect((await managementCaller(platform, made.value)("GET /api-keys")).status).toBe(401);
  });

  test("ends with the app that it is bound to (FR-A13)", async () => {
    const { appId } = await platform.createApp();
    const body = { name: "key", scopes: ["audit:read"], appId };
    const { keyId, value } = (await admin("POST /api-keys", { body })).body;
    const bound = managementCaller(platform, value);
    expect((await bound("GET /audit")).status).toBe(200);
    await admin(`DELETE /apps/${appId}`);
    expect((await bound("GET /audit")).status).toBe(401);
    expect((await admin("GET /api-keys")).body.items.map((key) => key.keyId)).not.toContain(keyId);
  });

  test("is bound to one resource when it has tokens:introspect, and can then do nothing else", async () => {
    const resource = "https://api.example.com/bookings";
    await admin("POST /resources", { body: { identifier: resource, name: "Bookings" } });
    const body = { name: "Bookings", scopes: ["tokens:introspect"], resource };
    const created = await admin("POST /api-keys", { body });
    expect([created.status, created.body]).toMatchObject([200, { ...body, appId: null }]);
    const { value, ...shown } = created.body;
    expect((await admin("GET /api-keys")).body.items).toContainEqual(shown);
    const refused = await managementCaller(platform, value)("GET /apps");
    expect([refused.status, refused.body]).toEqual([
      403,
      errorBody("PERMISSION_DENIED", "This call needs an API key with the scope apps:read.", {
        scope: "apps:read",
      }),
    ]);
  });

  test.each([
    [
      "has tokens:introspect without a resource",
      { scopes: ["tokens:introspect"] },
      {
        field: "scopes[0]",
        description: "concerns one resource; bind the key to it with the field resource",
        violatedRule: "INVALID_ENUM_VALUE",
      },
    ],
    [
      "has a resource and another scope than tokens:introspect",
      { scopes: ["tokens:introspect", "apps:read"], resource: "https://api.example.com/bookings" },
      {
        field: "scopes[1]",
        description: "concerns more than a resource, which is all that this key reaches",
        violatedRule: "INVALID_ENUM_VALUE",
      },
    ],
    [
      "is bound to an app and a resource",
      {
        scopes: ["tokens:introspect"],
        appId: "00000000-0000-4000-8000-000000000000",
        resource: "https://api.example.com/bookings",
      },
      {
        field: "resource",
        description: "cannot be set together with appId: a key is bound to one of them",
        violatedRule: "ONE_OF_ALIGNMENT",
      },
    ],
  ])("is not made when it %s", async (_, key, violation) => {
    const response = await admin("POST /api-keys", { body: { name: "No", ...key } });
    expect([response.status, response.body]).toEqual([400, violations(violation)]);
  });

  test("is not created for a resource that is not registered with exactly this identifier", async () => {
    const body = {
      name: "No",
      scopes: ["tokens:introspect"],
      resource: "https://api.example.com/bookings/",
    };
    const response = await admin("POST /api-keys", { body });
    expect([response.status, response.body]).toEqual([
      404,
      errorBody("RESOURCE_NOT_FOUND", "There is no resource with this identifier."),
    ]);
  });

  test("is not in the list when it is deleted, and can be deleted once", async () => {
    const { body } = await admin("POST /api-keys", { body: { name: "Gone", scopes: ["apps:read"] } });
    const first = await admin(`DELETE /api-keys/${body.keyId}`);
    expect([first.status, first.body]).toEqual([200, {}]);
    const list = await admin("GET /api-keys");
    expect(list.text).not.toContain(body.keyId);
    const second = await admin(`DELETE /api-keys/${body.keyId}`);
    expect([second.status, second.body]).toEqual([
      404,
      errorBody("KEY_NOT_FOUND", "There is no key with this id."),
    ]);
  });

  test("cannot create a key that can do more than itself", async () => {
    const { body } = await admin("POST /api-keys", {
      body: { name: "Maker", scopes: ["api-keys:write", "apps:read"] },
    });
    const maker = managementCaller(platform, body.value);
    const allowed = await maker("POST /api-keys", { body: { name: "Less", scopes: ["apps:read"] } });
    expect(allowed.status).toBe(200);
    const refused = await maker("POST /api-keys", {
      body: { name: "More", scopes: ["apps:read", "keys:write"] },
    });
    expect([refused.status, refused.body]).toEqual([
      403,
      errorBody("PERMISSION_DENIED", "This call needs an API key with the scope keys:write.", {
        scope: "keys:write",
      }),
    ]);
  });

  test("cannot create a key that is valid longer than itself", async () => {
    const { body } = await admin("POST /api-keys", {
      body: { name: "Maker", scopes: ["api-keys:write"], expiresAt: "2026-02-01T00:00:00Z" },
    });
    const maker = managementCaller(platform, body.value);
    const makeKey = (expiresAt: object) =>
      maker("POST /api-keys", { body: { name: "Child", scopes: ["api-keys:write"], ...expiresAt } });
    expect((await makeKey({ expiresAt: "2026-02-01T00:00:00Z" })).status).toBe(200);
    for (const later of [{}, { expiresAt: "2026-02-01T00:00:00.001Z" }]) {
      const refused = await makeKey(later);
      expect([refused.status, refused.body]).toEqual([
        400,
        violations({
          field: "expiresAt",
          description: "must not be later than the expiry of the key that creates this one",
          violatedRule: "MAX",
        }),
      ]);
    }
  });

  test.each([
    [
      "a scope that does not exist",
      { scopes: ["apps:read", "everything"] },
      { field: "scopes[1]", violatedRule: "INVALID_ENUM_VALUE" },
    ],
    [
      "no scope",
      { scopes: [] },
      {
        field: "scopes",
        description: "must have at least 1 item",
        violatedRule: "MIN_SIZE",
        data: { threshold: 1 },
      },
    ],
    [
      "an expiry in the past",
      { scopes: ["apps:read"], expiresAt: "2026-01-02T03:04:05.678Z" },
      { field: "expiresAt", description: "must be in the future", violatedRule: "MIN" },
    ],
    [
      "an expiry that is not a time",
      { scopes: ["apps:read"], expiresAt: "tomorrow" },
      {
        field: "expiresAt",
        description: "must be an ISO 8601 time with a zone, such as 2027-01-31T12:00:00Z",
        violatedRule: "FORMAT",
      },
    ],
    [
      "an expiry without a zone",
      { scopes: ["apps:read"], expiresAt: "2027-01-31T12:00:00" },
      { field: "expiresAt", violatedRule: "FORMAT" },
    ],
    [
      "an expiry on a day that does not exist",
      { scopes: ["apps:read"], expiresAt: "2027-02-30T12:00:00Z" },
      { field: "expiresAt", violatedRule: "FORMAT" },
    ],
  ])("is not made with %s", async (_, key, violation) => {
    const response = await admin("POST /api-keys", { body: { name: "No", ...key } });
    expect([response.status, response.body]).toMatchObject([400, violations(violation)]);
  });

  test("of one app cannot have a scope of the platform, or an app that does not exist", async () => {
    const { appId } = await platform.createApp();
    const refused = await admin("POST /api-keys", {
      body: { name: "No", scopes: ["apps:read", "sites:read", "api-keys:write"], appId },
    });
    const description = "concerns the whole platform, which a key of one app does not reach";
    expect([refused.status, refused.body]).toEqual([
      400,
      violations(
        { field: "scopes[1]", description, violatedRule: "INVALID_ENUM_VALUE" },
        { field: "scopes[2]", description, violatedRule: "INVALID_ENUM_VALUE" },
      ),
    ]);
    const unknown = await admin("POST /api-keys", {
      body: { name: "No", scopes: ["apps:read"], appId: "00000000-0000-4000-8000-000000000000" },
    });
    expect([unknown.status, unknown.body]).toEqual([
      404,
      errorBody("APP_NOT_FOUND", "There is no app with this id."),
    ]);
  });
});
