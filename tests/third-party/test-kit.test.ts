import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { createApp, nodeHandler } from "@latchkey/sdk";
import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { managementCaller } from "@latchkey/test-support/management-client";
import { appInstances } from "@wix/app-management";
import { AppStrategy, createClient } from "@wix/sdk";
import { products } from "@wix/stores";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

// A developer's first webhook test with the test kit.

let platform: TestPlatform;
let app: Awaited<ReturnType<TestPlatform["createApp"]>>;
let server: Server;

beforeEach(async () => {
  platform = await createTestPlatform({ resources: [stores] });
  app = await platform.createApp({ scopes: ["SCOPE.DC-STORES.READ-PRODUCTS"] });
});
afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  server.closeAllConnections();
  server.close();
  await platform.close();
});

/** Subscribes the app to AppInstalled, and passes each event to `receive`. */
async function listen(receiving: Server): Promise<void> {
  server = receiving;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`;
  const body = { eventType: "AppInstalled", url };
  await managementCaller(platform)(`POST /apps/${app.appId}/webhooks`, { body });
}

async function install(): Promise<string> {
  const { siteId } = await platform.createSite();
  return (await platform.install({ appId: app.appId, siteId })).instanceId;
}

/** Starts an app with the unchanged third-party client. Its error response contains the error text. */
async function startWixApp(publicKey = app.publicKey): Promise<unknown[]> {
  const heard: unknown[] = [];
  const client = createClient({
    auth: AppStrategy({ appId: app.appId, publicKey }),
    modules: { appInstances },
  });
  client.appInstances.onAppInstanceInstalled(({ metadata }) => void heard.push(metadata.instanceId));
  await listen(
    createServer(async (request, response) => {
      try {
        await client.webhooks.process(await text(request));
        response.writeHead(200).end();
      } catch (error) {
        response.writeHead(500).end(String(error));
      }
    }),
  );
  return heard;
}

test("FR-D1: a webhook reaches the handler of the unmodified third-party client", async () => {
  const heard = await startWixApp();
  const first = await install();
  await platform.settled();
  await platform.clock.advance("4h");
  const second = await install();
  await platform.settled();
  expect(heard).toEqual([first, second]);
});

test("FR-D1: settled() reports that the JWT has expired by the app's clock", async () => {
  const heard = await startWixApp();
  await platform.clock.set(Date.now() - 3_600_000);
  await install();
  await expect(platform.settled()).rejects.toThrow(
    /500 .*"exp" claim timestamp check failed\nIt has expired by the app's clock: give createApp the platform's, clock: platform\.clock; for @wix\/sdk set a fake Date to platform\.clock\.now\(\)\./,
  );
  expect(heard).toEqual([]);
});

test("FR-D1: settled() reports the unmodified client's wrong public key", async () => {
  await startWixApp((await platform.createApp()).publicKey);
  await install();
  await expect(platform.settled()).rejects.toThrow(
    "give the app the publicKey that platform.createApp() returned",
  );
});

test("FR-D1: the unmodified client keeps an expired token, and renews it when a fake Date advances", async () => {
  const { fetch } = globalThis;
  vi.stubGlobal("fetch", (input: RequestInfo | URL, init?: RequestInit) => {
    const url = input instanceof Request ? input.url : String(input);
    const ours = url.replace("https://www.wixapis.com", platform.url);
    return fetch(input instanceof Request ? new Request(ours, input) : ours, init);
  });
  vi.useFakeTimers({ toFake: ["Date"], now: platform.clock.now() });
  const heard = await startWixApp();
  const instanceId = await install();
  const appSecret = app.secret.value;
  const client = createClient({
    auth: AppStrategy({ appId: app.appId, appSecret, instanceId }),
    modules: { products },
  });
  expect((await client.products.queryProducts().find()).items).toEqual([]);
  await platform.clock.advance("4h");
  await expect(client.products.queryProducts().find()).rejects.toThrow("UNAUTHENTICATED");
  vi.setSystemTime(platform.clock.now());
  expect((await client.products.queryProducts().find()).items).toEqual([]);
  const second = await install();
  await platform.settled();
  expect(heard).toEqual([instanceId, second]);
});

test.each([
  ["the platform's clock, whatever it shows", true, Date.UTC(2020, 0)],
  ["the real time, as the platform begins with it", false, undefined],
])("FR-D1: a webhook reaches the handler of an app of ours with %s", async (_, shared, now) => {
  const heard: string[] = [];
  const clock = shared ? { clock: platform.clock } : {};
  const ours = createApp({ apiUrl: platform.url, appId: app.appId, appSecret: app.secret.value, ...clock });
  ours.webhooks.on("AppInstalled", ({ instanceId }) => void heard.push(instanceId));
  await listen(createServer(nodeHandler(ours.fetch)));
  if (now !== undefined) await platform.clock.set(now);
  const instanceId = await install();
  await platform.settled();
  expect(heard).toEqual([instanceId]);
});

test("FR-D1: an app of ours without the platform's clock is told by settled() when the clocks differ", async () => {
  const ours = createApp({ apiUrl: platform.url, appId: app.appId, appSecret: app.secret.value });
  await listen(createServer(nodeHandler(ours.fetch)));
  await platform.clock.set(Date.UTC(2020, 0));
  await install();
  await expect(platform.settled()).rejects.toThrow(
    /401 .*"reason":"expired".*\nIt has expired by the app's clock/,
  );
});

test("FR-D1: settled() tells an app of ours that expects another issuer", async () => {
  const credentials = { appId: app.appId, appSecret: app.secret.value };
  const issuer = "https://other.example";
  const ours = createApp({ ...credentials, apiUrl: platform.url, webhooks: { issuer } });
  await listen(createServer(nodeHandler(ours.fetch)));
  await install();
  await expect(platform.settled()).rejects.toThrow(
    "The app expects another issuer: give it apiUrl: platform.url",
  );
});
