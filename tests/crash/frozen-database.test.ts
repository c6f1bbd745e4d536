import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { openTcpProxy, type TcpProxy } from "@latchkey/test-support/tcp-proxy";
import { afterEach, beforeEach, expect, test } from "vitest";

let proxy: TcpProxy;
let platform: TestPlatform;
let client: { client_id: string; client_secret: string; instance_id: string };

beforeEach(async () => {
  const own = process.env.TEST_DATABASE_URL;
  proxy = await openTcpProxy(new URL(own ?? ""));
  const url = new URL(proxy.url);
  url.searchParams.set("query_timeout", "3000");
  process.env.TEST_DATABASE_URL = url.href;
  platform = await createTestPlatform({ resources: [stores], database: "postgres" }).finally(() => {
    process.env.TEST_DATABASE_URL = own;
  });
  const app = await platform.createApp({ scopes: ["SCOPE.DC-STORES.READ-PRODUCTS"] });
  const { siteId } = await platform.createSite();
  const { instanceId } = await platform.install({ appId: app.appId, siteId });
  client = { client_id: app.appId, client_secret: app.secret.value, instance_id: instanceId };
});
afterEach(async () => {
  await platform.close();
  await proxy.close();
});

/** Calls endpoints that use prepared reads on their own connection, and endpoints that use the pool. */
async function askAll(): Promise<(readonly [number, string | null])[]> {
  const body = new URLSearchParams({ grant_type: "client_credentials", ...client });
  const authorization = `Bearer ${platform.adminKey}`;
  const responses = await Promise.all([
    fetch(`${platform.url}/oauth2/token`, { method: "POST", body }),
    fetch(`${platform.url}/readyz`),
    fetch(`${platform.url}/admin/v1/apps`, { headers: { authorization } }),
  ]);
  return responses.map(({ headers, status }) => [status, headers.get("retry-after")]);
}

test("FR-E11: while PostgreSQL accepts connections without responses, every request gets 503 with Retry-After, and works again afterwards", async () => {
  const served = Array(3).fill([200, null]);
  const refused = Array(3).fill([503, "1"]);
  expect(await askAll()).toEqual(served);
  proxy.dropPackets();
  // The open connections time out first, then each attempt to open another one.
  for (let round = 0; round < 2; round += 1) expect(await askAll()).toEqual(refused);
  proxy.passPackets();
  // No connection that lost a response is reused.
  await expect.poll(askAll, { timeout: 60_000 }).toEqual(served);
});
