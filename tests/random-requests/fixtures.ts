import type { TestPlatform } from "@latchkey/server/testing";
import { createProduct } from "@latchkey/stores/testing";
import { managementCaller } from "@latchkey/test-support/management-client";
import { requestToken } from "@latchkey/test-support/request-token";

/** Ids and credentials of objects that exist. */
export interface Fixtures {
  readonly ids: Readonly<Record<string, string>>;
  readonly appSecret: string;
  readonly accessToken: string;
}

let count = 0;

const scopes = [
  "SCOPE.DC-STORES.READ-PRODUCTS",
  "SCOPE.DC-STORES.MANAGE-PRODUCTS",
  "SCOPE.DC.MANAGE-YOUR-APP",
];

/** Creates an app on a new site, with one of each object in paths. */
export async function createFixtures(platform: TestPlatform): Promise<Fixtures> {
  count += 1;
  const admin = managementCaller(platform);
  const id = async (call: string, name: string, body?: object): Promise<string> => {
    const response = await admin(call, { body });
    if (response.status !== 200) throw new Error(`${call}: ${response.text}`);
    return String(response.body[name]);
  };
  const app = await platform.createApp({ name: `App ${count}`, scopes });
  const { siteId } = await platform.createSite({ name: `Site ${count}` });
  const { instanceId } = await platform.install({ appId: app.appId, siteId });
  const other = await platform.createSite({ name: `Second site ${count}` });
  const ofApp = `POST /apps/${app.appId}`;
  const url = `http://127.0.0.1:9999/hooks/${count}`;
  const webhookId = await id(`${ofApp}/webhooks`, "webhookId", { eventType: "AppInstalled", url });
  const accountId = `account-${count}`;
  await admin(`PUT /sites/${siteId}/members/${accountId}`, { body: { role: "OWNER" } });
  const client = { appId: app.appId, secret: app.secret.value, instanceId };
  const accessToken = await requestToken(platform.url, client);
  const stores = async (
    path: string,
    body: object,
  ): Promise<Record<string, { id: string; slug: string }>> => {
    const response = await fetch(`${platform.url}/stores/v1/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: accessToken },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Record<string, { id: string; slug: string }>;
  };
  const product = await createProduct(platform, siteId, {
    productOptions: [
      { name: "Size", choices: ["1 kg", "2 kg"].map((value) => ({ value, description: value })) },
    ],
    manageVariants: true,
  });
  const { collection } = await stores("collections", { collection: { name: `Collection ${count}` } });
  return {
    appSecret: app.secret.value,
    accessToken,
    ids: {
      appId: app.appId,
      siteId,
      otherSiteId: other.siteId,
      instanceId,
      accountId,
      webhookId,
      secretId: await id(`${ofApp}/secrets`, "secretId", { name: "Second" }),
      deliveryId: await id(`${ofApp}/webhooks/${webhookId}/test`, "deliveryId"),
      eventId: await id("POST /events", "eventId", { siteId, eventType: "PlanReactivated", payload: {} }),
      extensionId: await id(`${ofApp}/extensions`, "extensionId", {
        kind: "IFRAME_PAGE",
        url: "http://127.0.0.1:9999/page",
      }),
      keyId: await id("POST /api-keys", "keyId", { name: "Key", scopes: ["apps:read"] }),
      kid: await id("POST /keys", "kid", { activateNow: true }),
      productId: product.id,
      // Managed variants keep the options of a product.
      "deleteProductOptions.productId": (await createProduct(platform, siteId)).id,
      collectionId: String(collection?.id),
      slug: String(collection?.slug),
      storeVariantId: `${product.id}-${product.variants[0]?.id}`,
      count: String(count),
      platform: platform.url,
    },
  };
}
