import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { createProduct } from "@latchkey/stores/testing";

/** A platform with an app that is installed on a site, which sells a mug. */
export interface Shop {
  readonly platform: TestPlatform;
  readonly appId: string;
  readonly siteId: string;
  readonly instanceId: string;
  /** The variables that a program of the app reads. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts the platform that the programs of consumers call. */
export async function openShop(): Promise<Shop> {
  const platform = await createTestPlatform({ resources: [stores], seed: "consumers" });
  const { appId, publicKey, secret } = await platform.createApp({
    scopes: ["SCOPE.DC-STORES.READ-PRODUCTS"],
  });
  const { siteId } = await platform.createSite();
  await createProduct(platform, siteId, { name: "Mug" });
  const { instanceId } = await platform.install({ appId, siteId });
  const env = {
    LATCHKEY_URL: platform.url,
    APP_ID: appId,
    APP_SECRET: secret.value,
    APP_PUBLIC_KEY: Buffer.from(publicKey).toString("base64"),
    INSTANCE_ID: instanceId,
  };
  return { platform, appId, siteId, instanceId, env };
}
