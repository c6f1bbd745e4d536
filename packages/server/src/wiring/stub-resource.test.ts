import { stores } from "@latchkey/stores";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type Stub, stubResource, type TestPlatform } from "../testing/index.ts";

let platform: TestPlatform;
beforeAll(async () => {
  platform = await createTestPlatform({ resources: [stores] });
});
afterAll(() => platform.close());

const respond = () => ({});
const refused = (text: string) => ({ code: "invalid_stub", message: `A stub cannot be used. ${text}` });

const form =
  "write GET, POST, PUT, PATCH or DELETE, a space and a path with names in braces, such as GET /orders/{orderId}.";

describe("a definition is rejected", () => {
  test.each([
    ["get /orders", form],
    ["HEAD /orders", form],
    ["POST orders", form],
    ["POST /", form],
    ["POST /orders/", form],
    ["POST /orders//1", form],
    ["POST /orders/../1", form],
    ["POST /orders?id=1", form],
    ["POST /orders/%41", form],
    ["POST /orders/x{id}", form],
    ["POST /orders/{id*}/lines", form],
    ["POST /a/{id}/b/{id}", "the path has the same name twice."],
    ["POST /admin/v1/contacts", "the management API and OAuth have no stubs."],
    ["POST /oauth/access", "the management API and OAuth have no stubs."],
  ])("for its method and path: %s", (name, text) => {
    expect(() => stubResource({ [name]: { respond } })).toThrow(
      expect.objectContaining(refused(`${JSON.stringify(name)}: ${text}`)),
    );
  });

  test.each([
    [{}, "respond must be a function."],
    [{ respond: {} }, "respond must be a function."],
    [{ respond, permision: "CONTACTS.READ" }, 'Unrecognized key: "permision".'],
    [
      { respond, permission: "contacts read" },
      "permission must begin with a letter and have only letters, digits, dots, hyphens and underscores.",
    ],
  ])("for its fields: %j", (stub, text) => {
    expect(() => stubResource({ "GET /orders": stub as Stub })).toThrow(
      expect.objectContaining(refused(`"GET /orders": ${text}`)),
    );
  });
});

const many = (count: number) =>
  stubResource(Object.fromEntries(Array.from({ length: count }, (_, n) => [`GET /a/${n}`, { respond }])));
const tooMany = expect.objectContaining(refused("There may be at most 1000 stubs."));

test("a platform accepts 1,000 stubs and no more, however they are added", async () => {
  expect(() => many(1_001)).toThrow(tooMany);
  const full = await createTestPlatform({ stubs: [many(1_000)] });
  try {
    expect(() => full.stub(stubResource({ "GET /b": { respond } }))).toThrow(tooMany);
    full.stub(stubResource({ "GET /a/0": { respond } }));
  } finally {
    await full.close();
  }
});

describe("a platform rejects a stub", () => {
  test.each([
    ["POST /stores/v1/products/query", "POST /stores/v1/products/query"],
    ["GET /apps/v1/instance", "GET /apps/v1/instance"],
    ["POST /stores/{version}/products/query", "POST /stores/v1/products/query"],
    ["PATCH /stores/v1/products/one", "PATCH /stores/v1/products/{productId}"],
    ["GET /{rest*}", "GET /stores-reader/v1/products/query-platformized"],
    ["GET /forward-auth/by-headers/a/b", "GET /forward-auth/by-headers/{path*}"],
  ])("that covers a route of its own: %s", async (name, route) => {
    const stubs = stubResource({ [name]: { respond } });
    const message = refused(`${JSON.stringify(name)}: the platform serves ${route}; remove the stub.`);
    expect(() => platform.stub(stubs)).toThrow(expect.objectContaining(message));
    await expect(createTestPlatform({ resources: [stores], stubs: [stubs] })).rejects.toMatchObject(message);
  });

  test("that is the path of another one with other names", () => {
    const stubs = stubResource({
      "GET /orders/{id}": { respond },
      "PATCH /orders/{orderId}": { respond },
    });
    expect(() => platform.stub(stubs)).toThrow(
      expect.objectContaining(
        refused(
          '"PATCH /orders/{orderId}": GET /orders/{id} is the same path with other names; use the same names.',
        ),
      ),
    );
  });
});
