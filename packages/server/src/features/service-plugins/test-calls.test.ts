import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createAccount } from "@latchkey/test-support/accounts";
import { type CallManagement, errorBody, managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";

let platform: TestPlatform;
let call: CallManagement;
let respond: (response: ServerResponse) => unknown;
/** The `data` claim of each call, unverified. */
let received: { request: object; metadata: object }[] = [];
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const [, claims = ""] = Buffer.concat(chunks).toString().split(".");
  received.push(JSON.parse(Buffer.from(claims, "base64url").toString()).data);
  respond(response);
});
let baseUri: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  baseUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  platform = await createTestPlatform({ seed: "test calls" });
  call = managementCaller(platform);
  const requestSchema = { type: "object", properties: { size: { type: "integer" } } };
  const methods = [{ name: "ask", path: "/ask", timeoutMs: 3_000, requestSchema }];
  await call("PUT /service-plugin-types/ACME_QUESTIONS", { body: { methods } });
});
afterAll(async () => {
  await platform.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  received = [];
  respond = (response) => response.end(JSON.stringify({ size: 1 }));
});

/** An app that implements the type, on a site. */
async function plug(siteId?: string) {
  const { appId } = await platform.createApp();
  const site = siteId ?? (await platform.createSite()).siteId;
  const { instanceId } = await platform.install({ appId, siteId: site });
  const plugin = { kind: "SERVICE_PLUGIN", componentType: "ACME_QUESTIONS", baseUri };
  const { body } = await call(`POST /apps/${appId}/extensions`, { body: plugin });
  const path = `POST /apps/${appId}/extensions/${body.extensionId}/test`;
  return { appId, siteId: site, instanceId, path };
}

test("a developer of the app calls its plugin for an instance, and no other app is called", async () => {
  const { appId, instanceId, path, siteId } = await plug();
  await plug(siteId);
  const { accountId, call: develop } = await createAccount(platform, "developer", { isDeveloper: true });
  await call(`POST /apps/${appId}/developers`, { body: { accountId } });
  const response = await develop(path, { body: { instanceId, method: "ask", request: { size: 2 } } });
  expect([response.status, response.body]).toEqual([
    200,
    {
      ...{ appId, instanceId, response: { size: 1 } },
      ...{ requestId: expect.any(String), durationMs: expect.any(Number) },
    },
  ]);
  expect(received).toMatchObject([
    {
      request: { size: 2 },
      metadata: { instanceId, appExtensionType: "ACME_QUESTIONS", identity: { identityType: "UNKNOWN" } },
    },
  ]);
});

test("the failure of a plugin is the result, and does not open the circuit for calls of the platform", async () => {
  const { instanceId, path, siteId } = await plug();
  respond = (response) => response.writeHead(500).end();
  for (let count = 0; count < 6; count += 1) {
    const { body } = await call(path, { body: { instanceId, method: "ask" } });
    expect(body.error).toEqual({
      code: "REFUSED",
      status: 500,
      message: "The endpoint responded with 500 without an application error.",
    });
  }
  respond = (response) => response.end("{}");
  const request = { siteId, componentType: "ACME_QUESTIONS", method: "ask" };
  expect((await call("POST /service-plugins/call", { body: request })).body.results).toMatchObject([
    { instanceId, response: {} },
  ]);
});

test("a test call reaches the plugin while the circuit is open, and leaves it open", async () => {
  const { instanceId, path, siteId } = await plug();
  const request = { siteId, componentType: "ACME_QUESTIONS", method: "ask" };
  const ask = async () => {
    const { results } = (await call("POST /service-plugins/call", { body: request })).body;
    return (results as unknown[])[0];
  };
  respond = (response) => response.writeHead(500).end();
  for (let count = 0; count < 5; count += 1) await ask();
  respond = (response) => response.end("{}");
  expect((await call(path, { body: { instanceId, method: "ask" } })).body.response).toEqual({});
  expect(await ask()).toMatchObject({ error: { code: "CIRCUIT_OPEN" } });
  await platform.clock.advance(30_000);
  expect(await ask()).toMatchObject({ response: {} });
});

test("an app makes 30 test calls a minute; other apps are not affected", async () => {
  const { instanceId, path } = await plug();
  const other = await plug();
  const body = { instanceId, method: "ask" };
  for (let count = 0; count < 30; count += 1) expect((await call(path, { body })).status).toBe(200);
  const refused = await call(path, { body });
  expect([refused.status, refused.headers.get("retry-after"), refused.body]).toEqual([
    ...[429, "2"],
    errorBody("RESOURCE_EXHAUSTED", "Too many calls; wait for the time in Retry-After."),
  ]);
  expect(received).toHaveLength(30);
  const allowed = await call(other.path, { body: { instanceId: other.instanceId, method: "ask" } });
  expect(allowed.status).toBe(200);
  await platform.clock.advance(2_000);
  expect((await call(path, { body })).status).toBe(200);
});

describe("a test call is refused, and nothing is sent,", () => {
  test("for an instance of another app", async () => {
    const { path } = await plug();
    const other = await plug();
    const response = await call(path, { body: { instanceId: other.instanceId, method: "ask" } });
    expect([response.status, response.body]).toEqual([
      404,
      errorBody("INSTANCE_NOT_FOUND", "There is no instance with this id."),
    ]);
    expect(received).toEqual([]);
  });

  test("for an instance that is suspended", async () => {
    const { instanceId, path } = await plug();
    await platform.suspend(instanceId);
    const response = await call(path, { body: { instanceId, method: "ask" } });
    expect([response.status, response.body]).toEqual([
      409,
      errorBody("INSTANCE_NOT_INSTALLED", "The instance is not in a state that allows this."),
    ]);
    expect(received).toEqual([]);
  });

  test("while the app is disabled", async () => {
    const { appId, instanceId, path } = await plug();
    await call(`PATCH /apps/${appId}`, { body: { enabled: false } });
    const { body, status } = await call(path, { body: { instanceId, method: "ask" } });
    expect([status, body]).toEqual([409, errorBody("APP_DISABLED", "The app is disabled; enable it first.")]);
    expect(received).toEqual([]);
  });

  test("for the extension of another app", async () => {
    const { appId, instanceId } = await plug();
    const other = await plug();
    const response = await call(other.path.replace(other.appId, appId), {
      body: { instanceId, method: "ask" },
    });
    expect([response.status, response.body]).toEqual([
      404,
      errorBody("EXTENSION_NOT_FOUND", "The app has no extension with this id."),
    ]);
    expect(received).toEqual([]);
  });

  test("for a page", async () => {
    const { appId, instanceId } = await plug();
    const page = { kind: "EXTERNAL_PAGE", url: `${baseUri}/page` };
    const { extensionId } = (await call(`POST /apps/${appId}/extensions`, { body: page })).body;
    const path = `POST /apps/${appId}/extensions/${extensionId}/test`;
    const response = await call(path, { body: { instanceId, method: "ask" } });
    expect([response.status, response.text]).toEqual([
      400,
      expect.stringContaining("is a page; only service plugins can be called"),
    ]);
    expect(received).toEqual([]);
  });

  test("for a request that breaks the schema of the method", async () => {
    const { instanceId, path } = await plug();
    const response = await call(path, { body: { instanceId, method: "ask", request: { size: "L" } } });
    expect([response.status, response.body]).toMatchObject([
      400,
      { details: { validationError: { fieldViolations: [{ field: "request.size" }] } } },
    ]);
    expect(received).toEqual([]);
  });
});
