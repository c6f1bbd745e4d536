import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type CallManagement, managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";

let platform: TestPlatform;
let call: CallManagement;
const endpoints = new Map<string, (response: ServerResponse) => unknown>();
const server = createServer((request, response) =>
  endpoints.get(request.url?.split("/")[1] ?? "")?.(response),
);

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, resolve));
  platform = await createTestPlatform({ seed: "limits of calls" });
  call = managementCaller(platform);
});
afterAll(async () => {
  await platform.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Installs an app that implements a type on the site. Returns its id. */
async function plug(
  respond: (response: ServerResponse) => unknown,
  { componentType, host = "127.0.0.1", siteId }: { componentType: string; siteId: string; host?: string },
): Promise<string> {
  const name = `app-${endpoints.size}`;
  endpoints.set(name, respond);
  const { appId } = await platform.createApp({ name });
  await platform.install({ appId, siteId });
  const baseUri = `http://${host}:${(server.address() as AddressInfo).port}/${name}`;
  const body = { kind: "SERVICE_PLUGIN", componentType, baseUri };
  expect((await call(`POST /apps/${appId}/extensions`, { body })).status).toBe(200);
  return appId;
}

async function ask(siteId: string, componentType: string): Promise<[string, unknown][]> {
  const { body } = await call("POST /service-plugins/call", {
    body: { siteId, componentType, method: "ask" },
  });
  const results = body.results as { appId: string; response?: object; error?: { code: string } }[];
  return results.map(({ appId, error, response }) => [appId, error?.code ?? response]);
}

test("a pattern that backtracks on the response of one app fails only the call of that app (FR-A4)", async () => {
  const responseSchema = { properties: { text: { pattern: "^(a|a)*$" } } };
  const methods = [{ name: "ask", path: "/ask", timeoutMs: 30_000, responseSchema }];
  await call("PUT /service-plugin-types/ACME_PATTERNS", { body: { methods } });
  const { siteId } = await platform.createSite();
  const on = { siteId, componentType: "ACME_PATTERNS" };
  const hostile = await plug((response) => response.end(JSON.stringify({ text: `${"a".repeat(60)}!` })), on);
  const other = await plug((response) => response.end(JSON.stringify({ text: "aa" })), on);
  expect(new Map(await ask(siteId, "ACME_PATTERNS"))).toEqual(
    new Map<string, unknown>([
      [hostile, "SCHEMA_TOO_EXPENSIVE"],
      [other, { text: "aa" }],
    ]),
  );
});

test("a slow app uses at most half of the slots, so calls of other apps continue", async () => {
  const methods = [{ name: "ask", path: "/ask", timeoutMs: 30_000 }];
  await call("PUT /service-plugin-types/ACME_SLOW", { body: { methods } });
  const { siteId: slow } = await platform.createSite();
  const { siteId: other } = await platform.createSite();
  const release = Promise.withResolvers<void>();
  let began = 0;
  const wait = async (response: ServerResponse): Promise<void> => {
    began += 1;
    await release.promise;
    response.end("{}");
  };
  await plug(wait, { siteId: slow, componentType: "ACME_SLOW" });
  const calls = Array.from({ length: 129 }, () => ask(slow, "ACME_SLOW"));
  await vi.waitFor(() => expect(began).toBe(128), { timeout: 20_000 });
  const appId = await plug((response) => response.end("{}"), {
    siteId: other,
    componentType: "ACME_SLOW",
    host: "localhost",
  });
  expect(await ask(other, "ACME_SLOW")).toEqual([[appId, {}]]);
  expect(began).toBe(128);
  release.resolve();
  await Promise.all(calls);
  expect(began).toBe(129);
});
