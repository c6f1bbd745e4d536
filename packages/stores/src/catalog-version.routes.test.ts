import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { tokenWith } from "@latchkey/test-support/token-with";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stores } from "./stores.ts";

let platform: TestPlatform;
let siteId: string;

beforeAll(async () => {
  platform = await createTestPlatform({ resources: [stores] });
  ({ siteId } = await platform.createSite());
});
afterAll(() => platform.close());

async function call(operation: string, token: string) {
  const [method = "GET", path = ""] = operation.split(" ");
  const headers = token === "" ? {} : { authorization: token };
  const response = await fetch(platform.url + path, { method, headers });
  return { status: response.status, body: await response.json() };
}

const version = "GET /stores/v3/provision/version";

test.each([
  "SCOPE.DC-STORES.READ-PRODUCTS",
  "SCOPE.DC-STORES.MANAGE-PRODUCTS",
  "SCOPE.DC-STORES-MEGA.READ-STORES",
  "SCOPE.DC-STORES-MEGA.MANAGE-STORES",
  "SCOPE.STORES.CATALOG_READ_LIMITED",
])("%s permits reading the catalog version", async (scope) => {
  const token = await tokenWith(platform, scope, siteId);
  expect(await call(version, token)).toEqual({ status: 200, body: { catalogVersion: "V1_CATALOG" } });
});

test.each([
  "GET /stores/v3/products/query?.r=e30",
  "POST /stores/v3/products/query",
  "POST /stores/v3/products",
  "GET /stores/v3/products/00000000-0000-4000-8000-000000000001",
  "PATCH /stores/v3/products/00000000-0000-4000-8000-000000000001",
  "DELETE /stores/v3/products/00000000-0000-4000-8000-000000000001",
  "GET /stores/v3/inventory-items/anything/else",
])("%s responds with the error code of catalog V1", async (operation) => {
  const token = await tokenWith(platform, "SCOPE.DC-STORES.READ-PRODUCTS", siteId);
  const text = "The store of this site has catalog V1; call the V1 API.";
  expect(await call(operation, token)).toEqual({
    status: 428,
    body: {
      message: text,
      details: {
        applicationError: { code: "CATALOG_V1_SITE_CALLING_CATALOG_V3_API", description: text, data: {} },
      },
    },
  });
});

test.each([version, "POST /stores/v3/products/query"])(
  "%s requires a token with a permission of Stores",
  async (operation) => {
    expect((await call(operation, "")).status).toBe(401);
    const token = await tokenWith(platform, "SCOPE.DC.MANAGE-YOUR-APP", siteId);
    const { body, status } = await call(operation, token);
    expect([status, body]).toMatchObject([
      403,
      { message: "Permission WIX_STORES.CATALOG_VERSION_READ is required" },
    ]);
  },
);

test("the permission for the catalog version does not permit reading products", async () => {
  const token = await tokenWith(platform, "SCOPE.STORES.CATALOG_READ_LIMITED", siteId);
  expect((await call("GET /stores-reader/v1/products/query-platformized", token)).status).toBe(403);
});
