const { AppStrategy, createClient } = require("@latchkey/sdk");
const { products } = require("@latchkey/sdk/stores");
const { startPlatform } = require("./platform.js");

let platform;
beforeAll(async () => {
  platform = await startPlatform();
}, 60_000);
afterAll(() => platform?.stop());

test("the app reads the products of the site", async () => {
  const { APP_ID, APP_SECRET, INSTANCE_ID, LATCHKEY_URL } = platform;
  const client = createClient({
    apiUrl: LATCHKEY_URL,
    auth: AppStrategy({ appId: APP_ID, appSecret: APP_SECRET, instanceId: INSTANCE_ID }),
    modules: { products },
  });
  expect((await client.products.queryProducts().find()).totalCount).toBe(22);
});
