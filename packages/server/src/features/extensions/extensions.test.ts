import { errorBody, managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";

let platform: TestPlatform;
let call: ReturnType<typeof managementCaller>;
let appId: string;

beforeAll(async () => {
  platform = await createTestPlatform({ seed: "extensions" });
  call = managementCaller(platform);
  ({ appId } = await platform.createApp());
});
afterAll(() => platform.close());

const page = { kind: "IFRAME_PAGE", url: "https://app.example/page?tab=1" };
const plugin = {
  kind: "SERVICE_PLUGIN",
  componentType: "ECOM_SHIPPING_RATES",
  baseUri: "http://127.0.0.1:9999/p/",
};
const create = (body: object, id = appId) => call(`POST /apps/${id}/extensions`, { body });

describe("an extension", () => {
  test("is a page, or a service plugin; its base URI is stored without the last slash", async () => {
    const first = await create(page);
    expect([first.status, first.body]).toMatchObject([
      200,
      {
        appId,
        kind: "IFRAME_PAGE",
        url: "https://app.example/page?tab=1",
        componentType: null,
        baseUri: null,
      },
    ]);
    const second = await create(plugin);
    expect([second.status, second.body]).toMatchObject([
      200,
      {
        kind: "SERVICE_PLUGIN",
        url: null,
        componentType: "ECOM_SHIPPING_RATES",
        baseUri: "http://127.0.0.1:9999/p",
      },
    ]);
    const list = await call(`GET /apps/${appId}/extensions`);
    expect(list.body.items.map((item) => item.extensionId).sort()).toEqual(
      [first.body.extensionId, second.body.extensionId].sort(),
    );
    const again = await create(plugin);
    expect([again.status, again.body]).toEqual([
      409,
      errorBody("EXTENSION_EXISTS", "The app implements this service plugin type already."),
    ]);
  });

  test("can be changed and deleted", async () => {
    const { appId: id } = await platform.createApp();
    const { body } = await create(page, id);
    const path = `/apps/${id}/extensions/${body.extensionId}`;
    const changed = await call(`PATCH ${path}`, { body: { url: "https://app.example/new" } });
    expect([changed.status, changed.body.url]).toEqual([200, "https://app.example/new"]);
    expect((await call(`DELETE ${path}`)).status).toBe(200);
    const deleted = await call(`GET ${path}`);
    expect([deleted.status, deleted.body]).toEqual([
      404,
      errorBody("EXTENSION_NOT_FOUND", "The app has no extension with this id."),
    ]);
  });

  test("of another app is not found", async () => {
    const other = await platform.createApp();
    const { body } = await create(page, other.appId);
    for (const [method, sent] of [["GET"], ["PATCH", { body: { url: page.url } }], ["DELETE"]] as const) {
      expect((await call(`${method} /apps/${appId}/extensions/${body.extensionId}`, sent)).status).toBe(404);
    }
  });

  const violation = (field: string, description: string, violatedRule: string) => ({
    message: expect.any(String),
    details: { validationError: { fieldViolations: [{ field, description, violatedRule }] } },
  });
  test.each([
    [{ kind: "IFRAME_PAGE" }, "url", "is required for IFRAME_PAGE", "REQUIRED_FIELD"],
    [{ ...page, baseUri: plugin.baseUri }, "baseUri", "is not allowed for IFRAME_PAGE", "FIELD_NOT_ALLOWED"],
    [
      { kind: "SERVICE_PLUGIN", baseUri: plugin.baseUri },
      "componentType",
      "is required for SERVICE_PLUGIN",
      "REQUIRED_FIELD",
    ],
    [
      { ...page, url: "http://app.example/" },
      "url",
      "must begin with https://, or with http:// for a loopback address",
      "VALIDATION",
    ],
    [
      { ...page, url: "javascript:alert(1)" },
      "url",
      "must begin with https://, or with http:// for a loopback address",
      "VALIDATION",
    ],
    [
      { ...page, url: "https://user@app.example/" },
      "url",
      "must not have a user name or password",
      "VALIDATION",
    ],
    [{ ...page, url: "https://app.example/#top" }, "url", "must not have a fragment", "VALIDATION"],
    [{ ...page, url: "page" }, "url", "must be an absolute URL", "VALIDATION"],
    [
      { ...plugin, baseUri: "http://127.0.0.1:9999/p?key=1" },
      "baseUri",
      "must not have a query",
      "VALIDATION",
    ],
    [
      { ...plugin, baseUri: "http://10.0.0.1/p" },
      "baseUri",
      "must not be called: 10.0.0.1 is a private address",
      "VALIDATION",
    ],
    [
      { ...plugin, baseUri: "https://127.0.0.1:22/" },
      "baseUri",
      "must have port 443, 80 or one above 1023",
      "VALIDATION",
    ],
    [
      { ...plugin, componentType: "ecom" },
      "componentType",
      "must have only capital letters, digits and underscores, and a letter first",
      "FORMAT",
    ],
  ])("%j is rejected", async (body, field, description, rule) => {
    const response = await create(body);
    expect([response.status, response.body]).toMatchObject([
      400,
      violation(field, expect.stringContaining(description.slice(0, 18)), rule),
    ]);
  });

  test("of an unknown type is rejected", async () => {
    const response = await create({ ...plugin, componentType: "UNKNOWN_TYPE" });
    expect([response.status, response.body]).toEqual([
      404,
      errorBody("SERVICE_PLUGIN_TYPE_NOT_FOUND", "There is no service plugin type of this name."),
    ]);
  });

  test("is one of at most fifty of an app", async () => {
    const { appId: id } = await platform.createApp();
    for (let count = 0; count < 50; count += 1) expect((await create(page, id)).status).toBe(200);
    expect((await create(page, id)).body).toEqual(
      errorBody("TOO_MANY_EXTENSIONS", "The app has as many extensions as it may have; delete one first."),
    );
  });
});

describe("a service plugin type", () => {
  const put = (name: string, methods: object[]) =>
    call(`PUT /service-plugin-types/${name}`, { body: { methods } });
  const method = { name: "quote", path: "/v1/quote", timeoutMs: 500 };

  test("is created and replaced", async () => {
    expect((await put("ACME_QUOTES", [method])).body).toEqual({
      componentType: "ACME_QUOTES",
      builtIn: false,
      methods: [method],
    });
    const requestSchema = {
      type: "object",
      required: ["day"],
      properties: { day: { type: "string", format: "date" } },
    };
    const changed = await put("ACME_QUOTES", [{ ...method, requestSchema, errors: ["CLOSED"] }]);
    expect(changed.body.methods).toEqual([{ ...method, requestSchema, errors: ["CLOSED"] }]);
    const { body } = await call("GET /service-plugin-types");
    expect(body.items.map((type) => [type.componentType, type.builtIn])).toEqual([
      ["ACME_QUOTES", false],
      ["ECOM_ADDITIONAL_FEES", true],
      ["ECOM_SHIPPING_RATES", true],
    ]);
  });

  test("that is built in cannot be changed", async () => {
    const response = await put("ECOM_SHIPPING_RATES", [method]);
    expect([response.status, response.body]).toEqual([
      409,
      errorBody(
        "SERVICE_PLUGIN_TYPE_IS_BUILT_IN",
        "This service plugin type is the platform's own and cannot be changed.",
      ),
    ]);
  });

  test.each([
    ["acme", [method], "componentType"],
    ["A", [], "methods"],
    ["A", [{ ...method, path: "/v1/../quote" }], "methods[0].path"],
    ["A", [{ ...method, path: "v1/quote?x=1" }], "methods[0].path"],
    ["A", [{ ...method, timeoutMs: 30_001 }], "methods[0].timeoutMs"],
    ["A", [method, { ...method, path: "/other" }], "methods[1].name"],
    ["A", [method, { ...method, name: "other", path: "/api/v1/quote" }], "methods[0].path"],
    ["A", [{ ...method, requestSchema: { type: "objekt" } }], "methods[0].requestSchema"],
    [
      "A",
      [{ ...method, responseSchema: { $ref: "https://app.example/schema" } }],
      "methods[0].responseSchema",
    ],
    ["A", [{ ...method, responseSchema: { requird: ["a"] } }], "methods[0].responseSchema"],
  ])("%s %j is rejected", async (name, methods, field) => {
    const response = await put(name, methods);
    expect([response.status, response.body.details]).toMatchObject([
      400,
      { validationError: { fieldViolations: [{ field }] } },
    ]);
  });
});
