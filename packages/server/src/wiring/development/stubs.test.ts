import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { stores } from "@latchkey/stores";
import { managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { childFlags } from "../../../../../tools/test/responses/child-process.ts";
import {
  createTestPlatform,
  type Stub,
  type StubCall,
  stubResource,
  type TestPlatform,
} from "../../testing/index.ts";

const query = "POST /contacts/v4/contacts/query";
const calls: StubCall[] = [];

let platform: TestPlatform;
let token: string;
let ids: { appId: string; siteId: string; instanceId: string };

beforeAll(async () => {
  platform = await createTestPlatform({
    resources: [stores],
    stubs: [
      stubResource({
        [query]: { respond: () => ({ contacts: [{ id: "1" }] }) },
        "GET /contacts/v4/contacts/{contactId}": {
          respond: (call) => {
            calls.push(call);
            return { contact: { id: call.parameters.contactId } };
          },
        },
        "PATCH /contacts/v4/contacts/{contactId}": { respond: ({ body }) => body },
      }),
    ],
  });
  ({ ids, token } = await install("SCOPE.DC-STORES.READ-PRODUCTS"));
});
afterAll(() => platform.close());
beforeEach(() => {
  calls.length = 0;
});

/** Installs a new app with a scope on a new site, and issues its access token. */
async function install(scope: string, on = platform): Promise<{ ids: typeof ids; token: string }> {
  const { appId, secret } = await on.createApp({ scopes: [scope] });
  const { siteId } = await on.createSite();
  const { instanceId } = await on.install({ appId, siteId });
  const response = await fetch(`${on.url}/oauth2/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      ...{ grant_type: "client_credentials", client_id: appId, client_secret: secret.value },
      instance_id: instanceId,
    }),
  });
  const { access_token } = (await response.json()) as { access_token: string };
  return { ids: { appId, siteId, instanceId }, token: access_token };
}

interface Sent {
  readonly body?: string;
  readonly contentType?: string;
  readonly authorization?: string | undefined;
}

async function call(name: string, sent: Sent = {}) {
  const [method = "", path = ""] = name.split(" ");
  const authorization = "authorization" in sent ? sent.authorization : token;
  const response = await fetch(platform.url + path, {
    method,
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(sent.body === undefined ? {} : { "content-type": sent.contentType ?? "application/json" }),
    },
    ...(sent.body === undefined ? {} : { body: sent.body }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text || "null") };
}

/** Status, code and text of an error. */
async function errorOf(name: string, sent: Sent = {}) {
  const { body, status } = await call(name, sent);
  return [status, body.details.applicationError.code, body.message];
}

const stub = (respond: Stub["respond"], name = "POST /orders/v1/orders") =>
  platform.stub(stubResource({ [name]: { respond } }));

describe("a stub", () => {
  test("responds with the value that its function returns, as JSON that is never cached", async () => {
    const response = await call(query, { body: "{}" });
    expect([response.status, response.body]).toEqual([200, { contacts: [{ id: "1" }] }]);
    expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("gets the request, the decoded path parameters and the instance of the access token", async () => {
    expect((await call("GET /contacts/v4/contacts/a%20b?fields=1")).body).toEqual({ contact: { id: "a b" } });
    const [{ access, body, parameters, request } = expect.fail()] = calls;
    expect(access).toMatchObject({ ...ids, userId: undefined });
    expect(await access.may("WIX_STORES.READ_PRODUCTS")).toBe(true);
    expect([parameters, body, new URL(request.url).search]).toEqual([
      { contactId: "a b" },
      undefined,
      "?fields=1",
    ]);
  });

  test.each([
    ["the value of JSON", { body: '{"name":"Ada"}' }, { name: "Ada" }],
    ["the text of anything else", { body: "a=1", contentType: "text/plain" }, "a=1"],
  ])("gets the body as %s", async (_, sent, value) => {
    expect((await call("PATCH /contacts/v4/contacts/1", sent)).body).toEqual(value);
  });

  test("rejects a body that is invalid JSON or larger than 1 MiB", async () => {
    const path = "PATCH /contacts/v4/contacts/1";
    expect(await errorOf(path, { body: "{" })).toEqual([400, "INVALID_JSON", "The body is not valid JSON."]);
    expect(await errorOf(path, { body: " ".repeat(1_048_577) })).toEqual([
      413,
      "BODY_TOO_LARGE",
      "The body may have at most 1048576 bytes.",
    ]);
  });

  test("may respond with a status, without a body, or with a Response", async () => {
    stub(() => ({ status: 404, body: { message: "No such order" } }));
    const missing = await call("POST /orders/v1/orders");
    expect([missing.status, missing.body]).toEqual([404, { message: "No such order" }]);
    stub(() => ({ status: 204, body: undefined }));
    expect(await call("POST /orders/v1/orders")).toMatchObject({ status: 204, text: "" });
    stub(async () => new Response("<p>", { status: 203, headers: { "x-order": "1" } }));
    const page = await fetch(`${platform.url}/orders/v1/orders`, {
      method: "POST",
      headers: { authorization: token },
    });
    expect([page.status, page.headers.get("x-order"), await page.text()]).toEqual([203, "1", "<p>"]);
  });

  test("returns an object with a status as it is, unless body is its only other key", async () => {
    stub(() => ({ status: "PAID", body: "…" }));
    expect((await call("POST /orders/v1/orders")).body).toEqual({ status: "PAID", body: "…" });
    stub(() => ({ status: 1, id: "7" }));
    expect((await call("POST /orders/v1/orders")).body).toEqual({ status: 1, id: "7" });
  });

  test("is replaced by one with the same method and path while the platform runs", async () => {
    stub(() => "first", "GET /bookings/v1/{id}");
    stub(() => "second", "GET /bookings/v1/{id}");
    expect((await call("GET /bookings/v1/1")).body).toBe("second");
  });

  test("serves a method that the platform does not have at a path of its own", async () => {
    expect(await errorOf("PUT /stores/v1/products/query")).toEqual([
      405,
      "METHOD_NOT_ALLOWED",
      "This path does not accept this method; see the Allow header.",
    ]);
    stub(() => "stubbed", "PUT /stores/v1/products/{id}");
    expect((await call("PUT /stores/v1/products/query")).body).toBe("stubbed");
    expect((await call("POST /stores/v1/products/query", { body: "{}" })).body).toMatchObject({
      products: [],
    });
  });

  test("does not serve methods that it does not have, and serves HEAD where it has GET", async () => {
    expect((await errorOf("DELETE /contacts/v4/contacts/1")).slice(0, 2)).toEqual([
      404,
      "ENDPOINT_NOT_SERVED",
    ]);
    expect(await call("HEAD /contacts/v4/contacts/1")).toMatchObject({ status: 200, text: "" });
  });
});

describe("access to a stub", () => {
  test("needs a token, and without a permission takes any of an installed instance", async () => {
    expect(await errorOf(query, { authorization: undefined })).toEqual([
      401,
      "UNAUTHENTICATED",
      "Send an access token in the Authorization header.",
    ]);
    expect(await errorOf(query, { authorization: `${token}x` })).toEqual([
      401,
      "UNAUTHENTICATED",
      "The access token is invalid, expired or revoked; request a new one.",
    ]);
    const other = await install("SCOPE.DC-STORES.READ-PRODUCTS");
    expect((await call(query, { authorization: other.token })).status).toBe(200);
    await platform.remove(other.ids.instanceId);
    expect((await call(query, { authorization: other.token })).status).toBe(401);
    const admin = await errorOf(query, { authorization: `Bearer ${platform.adminKey}` });
    expect(admin[0]).toBe(401);
  });

  test("needs the permission, which may be created later; until then the text says how", async () => {
    platform.stub(
      stubResource({ [query]: { permission: "CONTACTS.READ", respond: () => ({ contacts: [] }) } }),
    );
    const required = "Permission CONTACTS.READ is required";
    expect(await errorOf(query)).toEqual([
      403,
      "PERMISSION_DENIED",
      `${required}. No scope has it: create it with POST /admin/v1/permissions and a scope with POST /admin/v1/scopes.`,
    ]);
    const manage = managementCaller(platform);
    await manage("POST /permissions", {
      body: { permissionId: "CONTACTS.READ", description: "Read contacts" },
    });
    const scopeId = "SCOPE.CONTACTS.READ";
    await manage("POST /scopes", {
      body: { scopeId, name: "Read contacts", permissions: ["CONTACTS.READ"] },
    });
    const refused = await call(query);
    expect([refused.status, refused.body.message]).toEqual([403, required]);
    expect(refused.body.details.applicationError.data).toEqual({ permission: "CONTACTS.READ" });
    const { token: authorization } = await install(scopeId);
    expect(await call(query, { authorization })).toMatchObject({ status: 200, body: { contacts: [] } });
  });
});

describe("a stub that fails responds with 500 and a text that names it:", () => {
  const name = "GET /failing/v1/{id}";
  const circle: Record<string, unknown> = {};
  circle.circle = circle;
  const notJson = "returned neither JSON, { status, body } nor a Response of at most 1 MiB";

  test.each<[string, Stub["respond"], string]>([
    ["it throws", () => Promise.reject(new Error("a secret detail")), "threw an error"],
    ["it returns nothing", () => undefined, notJson],
    ["it returns a function", () => () => 1, notJson],
    ["it returns a big integer", () => 1n, notJson],
    ["it returns a circle", () => circle, notJson],
    ["its status does not exist", () => ({ status: 99, body: 1 }), notJson],
    ["its body is missing", () => ({ status: 200, body: undefined }), notJson],
    ["its status has no body", () => ({ status: 204, body: 1 }), notJson],
    ["its text is too large", () => "x".repeat(1_048_576), notJson],
    ["its Response is too large", () => new Response(new Uint8Array(1_048_577)), notJson],
  ])("%s", async (_, respond, what) => {
    stub(respond, name);
    const { body, status } = await call("GET /failing/v1/7");
    expect([status, body]).toEqual([
      500,
      { message: `The stub ${name} ${what}. The log has the stack.`, details: {} },
    ]);
  });
});

test("the log has the stack of a stub that throws, and no token", async () => {
  const script = `
    import { createTestPlatform, stubResource } from "@latchkey/server/testing";
    const respond = function respondWithBug() { throw new Error("It is broken."); };
    const stubs = [stubResource({ "GET /broken/v1": { respond } })];
    const platform = await createTestPlatform({ logLevel: "error", stubs });
    const { appId, secret } = await platform.createApp();
    const { siteId } = await platform.createSite();
    const { instanceId } = await platform.install({ appId, siteId });
    const issued = await fetch(platform.url + "/oauth2/token", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        grant_type: "client_credentials", client_id: appId, client_secret: secret.value, instance_id: instanceId,
      }),
    });
    const authorization = (await issued.json()).access_token;
    await fetch(platform.url + "/broken/v1", { headers: { authorization } });
    await platform.close();`;
  const flags = [...childFlags(), "--input-type=module", "-e", script];
  const { stdout } = await promisify(execFile)(process.execPath, flags, { cwd: import.meta.dirname });
  expect(stdout).toMatch(
    /^\d\d:\d\d:\d\d {2}error {2}stub threw an error {2}requestId [0-9a-f-]{36} {2}stub GET \/broken\/v1\n {4}Error: It is broken\.\n {4}at Object\.respondWithBug /,
  );
  expect(stdout).not.toContain("eyJ");
});

test("calls of a stub count as calls of the instance, without a permission too", async () => {
  const limited = await createTestPlatform({
    resources: [stores],
    apiRateLimit: 1,
    stubs: [stubResource({ [query]: { respond: () => ({}) } })],
  });
  try {
    const authorization = (await install("SCOPE.DC-STORES.READ-PRODUCTS", limited)).token;
    const statusOf = async () =>
      (
        await fetch(`${limited.url}/contacts/v4/contacts/query`, {
          method: "POST",
          headers: { authorization },
        })
      ).status;
    expect([await statusOf(), await statusOf()]).toEqual([200, 429]);
  } finally {
    await limited.close();
  }
});

describe("a path that is not served", () => {
  test.each(["/nothing/v1/here", "/contacts/v4/contacts/1/labels", "/oauth2x", "/administration"])(
    "FR-F13: %s has a code of its own and says how to stub it",
    async (path) => {
      const response = await call(`GET ${path}`, { authorization: undefined });
      expect([response.status, response.body]).toEqual([
        404,
        {
          message:
            "This path is not served here with this method. To stub it, name a JSON file of stubs in LATCHKEY_STUBS, or give the option stubs to createTestPlatform.",
          details: {
            applicationError: {
              code: "ENDPOINT_NOT_SERVED",
              description: expect.stringContaining("LATCHKEY_STUBS"),
              data: {},
            },
          },
        },
      ]);
    },
  );

  test.each(["/admin/v1/nothing", "/admin", "/oauth2/nothing", "/oauth/other", "/.well-known/nothing"])(
    "is NOT_FOUND where there are no stubs: %s",
    async (path) => {
      expect(await errorOf(`GET ${path}`)).toEqual([404, "NOT_FOUND", "There is nothing at this address."]);
    },
  );
});
