const { createApp } = require("@latchkey/sdk");
const { createTestPlatform } = require("@latchkey/server/testing/jest");

let platform;
beforeAll(async () => {
  platform = await createTestPlatform({ resources: ["@latchkey/stores"] });
});
afterAll(() => platform.close());

test("the app reads products, and not after it is removed", async () => {
  const { appId } = await platform.createApp({ scopes: ["SCOPE.DC-STORES.READ-PRODUCTS"] });
  const { siteId } = await platform.createSite();
  const instance = await platform.install({ appId, siteId });
  const headers = { authorization: await platform.token(instance), "content-type": "application/json" };
  const query = () =>
    fetch(`${platform.url}/stores/v1/products/query`, { method: "POST", headers, body: "{}" });
  expect((await query()).status).toBe(200);
  await platform.remove(instance.instanceId);
  expect((await query()).status).toBe(401);
});

test("the app is notified when it is installed", async () => {
  const { appId, publicKey } = await platform.createApp();
  const app = createApp({ apiUrl: platform.url, appId, publicKey, clock: platform.clock });
  const installed = [];
  app.webhooks.on("AppInstalled", ({ instanceId }) => void installed.push(instanceId));
  const url = await platform.serve(app.fetch);
  await platform.createWebhook({ appId, eventType: "AppInstalled", url });
  const { siteId } = await platform.createSite();
  const { instanceId } = await platform.install({ appId, siteId });
  await platform.settled();
  expect(installed).toEqual([instanceId]);
});
