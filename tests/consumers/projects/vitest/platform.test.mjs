import { AppStrategy, createClient } from "@latchkey/sdk";
import { products } from "@latchkey/sdk/stores";
import { createTestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { createProduct } from "@latchkey/stores/testing";
import { expect, test } from "vitest";

test("the app reads products until it is removed", async () => {
  const platform = await createTestPlatform({ resources: [stores] });
  const { appId, secret } = await platform.createApp({ scopes: ["SCOPE.DC-STORES.READ-PRODUCTS"] });
  const { siteId } = await platform.createSite();
  await createProduct(platform, siteId, { name: "Mug" });
  const { instanceId } = await platform.install({ appId, siteId });
  const auth = AppStrategy({ appId, appSecret: secret.value, instanceId });
  const client = createClient({ apiUrl: platform.url, auth, modules: { products } });
  expect((await client.products.queryProducts().find()).items).toMatchObject([{ name: "Mug" }]);
  await platform.remove(instanceId);
  await expect(client.products.queryProducts().find()).rejects.toMatchObject({ reason: "invalid_grant" });
  await platform.close();
});
