import { managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, createTarget, mint, type Reply, type Target } from "./target.ts";

let target: Target;

beforeAll(async () => {
  target = await createTarget();
});
afterAll(() => target.platform.close());

const errorBody = {
  message: "A valid API key is required, as Authorization: Bearer <key>.",
  details: {
    applicationError: {
      code: "UNAUTHENTICATED",
      description: "A valid API key is required, as Authorization: Bearer <key>.",
      data: {},
    },
  },
};

test("H8 rejects every operation of the management API without a valid key, with the same response", async () => {
  const wrongKeys = [
    {},
    { authorization: "" },
    { authorization: "Bearer wrong" },
    { authorization: target.platform.adminKey },
    { authorization: `Bearer ${target.platform.adminKey.slice(0, -1)}` },
    { authorization: `Bearer ${target.platform.adminKey} x` },
    { authorization: `Bearer ${target.secret}` },
    { authorization: `Bearer ${await mint(target)}` },
  ];
  const operations = await listOperations();
  expect(operations.length).toBeGreaterThan(30);
  for (const [index, { method, path }] of operations.entries()) {
    // Calls each operation twice: without a key, and with the next wrong key of the list.
    for (const headers of [{}, wrongKeys[index % wrongKeys.length] ?? {}]) {
      const reply = await call(target.url + path, { method, headers });
      expect([reply.status, reply.body]).toEqual([401, errorBody]);
      expect(reply.headers.get("www-authenticate")).toBe("Bearer");
    }
  }
});

async function fetchMetrics(clientAddress: string, sent: Record<string, string>): Promise<Response> {
  const request = new Request(`${target.url}/metrics`, { headers: { host: "127.0.0.1", ...sent } });
  return await target.platform.platform.fetch(request, { requestId: "r", clientAddress });
}

test("H8 serves metrics on this machine, elsewhere only with a key", async () => {
  const ask = async (clientAddress: string, authorization?: string, more = {}): Promise<number> => {
    const headers = { ...(authorization === undefined ? {} : { authorization }), ...more };
    return (await fetchMetrics(clientAddress, headers)).status;
  };
  expect(await ask("127.0.0.1")).toBe(200);
  expect(await ask("::ffff:127.0.0.1")).toBe(200);
  expect(await ask("192.0.2.1")).toBe(401);
  expect(await ask("2001:db8::1")).toBe(401);
  expect(await ask("192.0.2.1", "Bearer wrong")).toBe(401);
  expect(await ask("192.0.2.1", `Bearer ${target.platform.adminKey}`)).toBe(200);
  // A proxy on this machine requests metrics for a remote client.
  for (const forwarded of [{ "x-forwarded-for": "127.0.0.1" }, { forwarded: "for=127.0.0.1" }]) {
    expect(await ask("127.0.0.1", undefined, forwarded)).toBe(401);
    expect(await ask("127.0.0.1", `Bearer ${target.platform.adminKey}`, forwarded)).toBe(200);
  }
});

test("H8 serves metrics only to a key with the scope", async () => {
  const manage = managementCaller(target.platform);
  const resource = "urn:example:metered";
  await manage("POST /resources", { body: { identifier: resource, name: "Metered" } });
  const ask = async (key: object) => {
    const { body } = await manage("POST /api-keys", { body: { name: "Metrics", ...key } });
    const response = await fetchMetrics("192.0.2.1", { authorization: `Bearer ${body.value}` });
    return { status: response.status, text: await response.text() };
  };
  const allowed = await ask({ scopes: ["metrics:read"] });
  expect([allowed.status, allowed.text]).toEqual([
    200,
    expect.stringContaining("latchkey_token_requests_total"),
  ]);
  for (const key of [
    { scopes: ["tokens:introspect"], resource },
    { scopes: ["apps:read"], appId: target.appId },
    { scopes: ["apps:read", "audit:read", "keys:write"] },
  ]) {
    const refused = await ask(key);
    expect([refused.status, JSON.parse(refused.text).details.applicationError]).toEqual([
      403,
      {
        code: "PERMISSION_DENIED",
        description: "This call needs an API key with the scope metrics:read.",
        data: { scope: "metrics:read" },
      },
    ]);
  }
  for (const bound of [{ resource }, { appId: target.appId }]) {
    const body = { name: "No", scopes: ["metrics:read"], ...bound };
    expect((await manage("POST /api-keys", { body })).status).toBe(400);
  }
});

test("C14 runs two requests with one Idempotency-Key once, with the same response", async () => {
  const manage = managementCaller(target.platform);
  const headers = { "idempotency-key": "c14" };
  const body = { name: "Second secret" };
  const operation = `POST /apps/${target.appId}/secrets`;
  const [first, second] = [
    await manage(operation, { body, headers }),
    await manage(operation, { body, headers }),
  ];
  expect([first.status, second.status, second.text]).toEqual([200, 200, first.text]);
  const { body: list } = await manage(`GET /apps/${target.appId}/secrets`);
  expect(list.items.filter(({ name }) => name === "Second secret")).toHaveLength(1);
});

test("C14 runs concurrent requests with one Idempotency-Key once", async () => {
  const manage = managementCaller(target.platform);
  const headers = { "idempotency-key": "c14-at-once" };
  const asked = Array.from({ length: 10 }, () => manage("POST /sites", { body: { name: "Once" }, headers }));
  const responses = await Promise.all(asked);
  expect(new Set(responses.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  expect(responses[0]?.status).toBe(200);
  const { body: list } = await manage("GET /sites?limit=100");
  expect(list.items.filter(({ name }) => name === "Once")).toHaveLength(1);
});

async function listOperations(): Promise<{ method: string; path: string }[]> {
  const { body }: Reply = await call(`${target.url}/openapi.json`);
  const paths = Object.entries(body.paths as Record<string, object>);
  const managed = paths.filter(([path]) => path.startsWith("/admin/v1/"));
  return managed.flatMap(([path, item]) =>
    Object.keys(item)
      .filter((method) => /^(get|post|put|patch|delete)$/.test(method))
      .map((method) => ({ method: method.toUpperCase(), path: path.replaceAll(/\{\w+\}/g, target.appId) })),
  );
}
