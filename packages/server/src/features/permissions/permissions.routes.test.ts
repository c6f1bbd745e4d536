import { stores } from "@latchkey/stores";
import {
  type CallManagement,
  errorBody,
  managementCaller,
  violations,
} from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";

describe.each(["sqlite", "postgres"] as const)("permissions and scopes on %s", (engine) => {
  let platform: TestPlatform;
  let call: CallManagement;

  beforeAll(async () => {
    platform = await createTestPlatform({ resources: [stores], database: engine });
    call = managementCaller(platform);
  });
  afterAll(() => platform.close());

  test("are those of the platform at first", async () => {
    const permissions = await call("GET /permissions");
    expect(permissions.body.items.map(({ permissionId }) => permissionId)).toEqual([
      "APP_MARKET.READ_APP_INSTALLATIONS",
      "WIX_DEVELOPERS.MANAGE_APP_INSTANCE",
      "WIX_STORES.CATALOG_VERSION_READ",
      "WIX_STORES.MODIFY_PRODUCTS",
      "WIX_STORES.READ_PRODUCTS",
    ]);
    const scopes = await call("GET /scopes");
    expect(scopes.body.items).toContainEqual({
      scopeId: "SCOPE.DC-STORES.MANAGE-PRODUCTS",
      name: "Manage Products",
      permissions: [
        "WIX_STORES.CATALOG_VERSION_READ",
        "WIX_STORES.MODIFY_PRODUCTS",
        "WIX_STORES.READ_PRODUCTS",
      ],
    });
  });

  test("can be created, and apps can then request them", async () => {
    const permission = { permissionId: "BOOKINGS.READ", description: "Read bookings" };
    const created = await call("POST /permissions", { body: permission });
    expect([created.status, created.body]).toEqual([200, permission]);
    const scope = {
      scopeId: "SCOPE.BOOKINGS.READ",
      name: "Read bookings",
      permissions: ["WIX_STORES.READ_PRODUCTS", "BOOKINGS.READ", "BOOKINGS.READ"],
    };
    const bundled = await call("POST /scopes", { body: scope });
    const expected = { ...scope, permissions: ["BOOKINGS.READ", "WIX_STORES.READ_PRODUCTS"] };
    expect([bundled.status, bundled.body]).toEqual([200, expected]);
    expect((await call("GET /scopes")).body.items).toContainEqual(expected);
    const app = await call("POST /apps", { body: { name: "Bookings", scopes: ["SCOPE.BOOKINGS.READ"] } });
    expect(app.body.scopes).toEqual([{ scopeId: "SCOPE.BOOKINGS.READ", optional: false, reason: null }]);
    const audit = await call("GET /audit?limit=3");
    expect(audit.body.items.map(({ action, details }) => [action, details]).slice(1)).toEqual([
      ["scope.created", expected],
      ["permission.created", permission],
    ]);
  });

  test("have unique ids", async () => {
    const permission = await call("POST /permissions", {
      body: { permissionId: "WIX_STORES.READ_PRODUCTS", description: "Again" },
    });
    expect([permission.status, permission.body]).toEqual([
      409,
      errorBody("PERMISSION_EXISTS", "A permission with this id exists already."),
    ]);
    const scope = await call("POST /scopes", {
      body: {
        scopeId: "SCOPE.DC-STORES.READ-PRODUCTS",
        name: "Again",
        permissions: ["WIX_STORES.MODIFY_PRODUCTS"],
      },
    });
    expect([scope.status, scope.body]).toEqual([
      409,
      errorBody("SCOPE_EXISTS", "A scope with this id exists already."),
    ]);
    expect((await call("GET /scopes")).body.items).toContainEqual({
      scopeId: "SCOPE.DC-STORES.READ-PRODUCTS",
      name: "Read Products",
      permissions: ["WIX_STORES.CATALOG_VERSION_READ", "WIX_STORES.READ_PRODUCTS"],
    });
  });

  test.each(["two words", "1ST", "A,B", 'A"B', "Ä", ""])("cannot have the id %j", async (name) => {
    const violation = {
      field: "permissionId",
      description: "must begin with a letter and have only letters, digits, dots, hyphens and underscores",
      violatedRule: "FORMAT",
    };
    const response = await call("POST /permissions", { body: { permissionId: name, description: "No" } });
    expect([response.status, response.body]).toEqual([400, violations(violation)]);
  });

  test("are not created when a scope has an unknown permission, or none", async () => {
    const unknown = await call("POST /scopes", {
      body: { scopeId: "SCOPE.X", name: "X", permissions: ["NO.SUCH"] },
    });
    expect([unknown.status, unknown.body]).toEqual([
      400,
      violations({
        field: "permissions[0]",
        description: "is not the id of a permission of this platform",
        violatedRule: "INVALID_ENUM_VALUE",
      }),
    ]);
    const empty = await call("POST /scopes", { body: { scopeId: "SCOPE.X", name: "X", permissions: [] } });
    expect([empty.status, empty.body]).toEqual([
      400,
      violations({
        field: "permissions",
        description: "must have at least 1 item",
        violatedRule: "MIN_SIZE",
        data: { threshold: 1 },
      }),
    ]);
  });
});
