import type { TestPlatform } from "@latchkey/server/testing";
import { createProduct } from "@latchkey/stores/testing";
import { addSession, askToInstall, createAccount } from "@latchkey/test-support/accounts";
import { managementCaller } from "@latchkey/test-support/management-client";
import { requestToken } from "@latchkey/test-support/request-token";

/** Ids and credentials of objects that exist. */
export interface Fixtures {
  readonly ids: Readonly<Record<string, string>>;
  readonly appSecret: string;
  readonly accessToken: string;
  /** A code of the legacy flow. */
  readonly code: string;
  /** The session of an account. */
  readonly cookie: string;
  readonly redirectUrl: string;
}

let count = 0;

const optionalScope = "SCOPE.DC-STORES.READ-PRODUCTS";
const redirectUrl = "http://127.0.0.1:3000/callback";
const scopes = [
  { scopeId: optionalScope, optional: true },
  ...[
    "SCOPE.DC-STORES.MANAGE-PRODUCTS",
    "SCOPE.DC.MANAGE-YOUR-APP",
    "SCOPE.APP_MARKET.READ_APP_INSTALLATIONS",
  ].map((scopeId) => ({ scopeId, optional: true })),
];

const newPage = { kind: "IFRAME_PAGE", url: "http://127.0.0.1:9999/page" };
const newPlugin = {
  ...{ kind: "SERVICE_PLUGIN", componentType: "ECOM_SHIPPING_RATES" },
  baseUri: "http://127.0.0.1:9999/plugins",
};

/** Creates an app on a new site, with one of each object in paths. */
export async function createFixtures(platform: TestPlatform): Promise<Fixtures> {
  count += 1;
  const admin = managementCaller(platform);
  const id = async (call: string, name: string, body?: object): Promise<string> => {
    const response = await admin(call, { body });
    if (response.status !== 200) throw new Error(`${call}: ${response.text}`);
    return String(response.body[name]);
  };
  const legacy = { appUrl: redirectUrl, redirectUrls: [redirectUrl] };
  const app = await platform.createApp({ name: `App ${count}`, scopes, legacy });
  const { siteId } = await platform.createSite({ name: `Site ${count}` });
  const { instanceId } = await platform.install({ appId: app.appId, siteId });
  const other = await platform.createSite({ name: `Second site ${count}` });
  const ofApp = `POST /apps/${app.appId}`;
  const url = `http://127.0.0.1:9999/hooks/${count}`;
  const webhookId = await id(`${ofApp}/webhooks`, "webhookId", { eventType: "AppInstalled", url });
  const { account, ...people } = await createPeople(platform, siteId);
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
    code: await id("POST /dev/codes", "code", { instanceId, redirectUrl }),
    cookie: account.cookie,
    redirectUrl,
    ids: {
      ...{ appId: app.appId, siteId, otherSiteId: other.siteId, instanceId },
      ...people,
      ...{ scopeId: optionalScope, webhookId },
      secretId: await id(`${ofApp}/secrets`, "secretId", { name: "Second" }),
      deliveryId: await id(`${ofApp}/webhooks/${webhookId}/test`, "deliveryId"),
      linkId: await id(`${ofApp}/portal-links`, "linkId", portalLink),
      jobId: await id("POST /jobs", "jobId", emptyJob(app.appId)),
      eventId: await id("POST /events", "eventId", { siteId, eventType: "PlanReactivated", payload: {} }),
      extensionId: await id(`${ofApp}/extensions`, "extensionId", newPage),
      "testExtension.extensionId": await id(`${ofApp}/extensions`, "extensionId", newPlugin),
      keyId: await id("POST /api-keys", "keyId", { name: "Key", scopes: ["apps:read"] }),
      kid: await id("POST /keys", "kid", { activateNow: true }),
      productId: product.id,
      // Managed variants keep the options of a product.
      "deleteProductOptions.productId": (await createProduct(platform, siteId)).id,
      collectionId: String(collection?.id),
      slug: String(collection?.slug),
      storeVariantId: `${product.id}-${product.variants[0]?.id}`,
      ...{ count: String(count), platform: platform.url },
      ...(await dashboardFiles(platform)),
    },
  };
}

/** The names of the files that the page of the dashboard loads. */
async function dashboardFiles({ url }: TestPlatform): Promise<{ script: string; style: string }> {
  const page = await (await fetch(`${url}/dashboard`)).text();
  const [, script = ""] = /scripts\/([\w.-]+)/.exec(page) ?? [];
  const [, style = ""] = /styles\/([\w.-]+)/.exec(page) ?? [];
  return { script, style };
}

const portalLink = { pages: ["logs"], origin: "https://product.example" };

/** A job that has no rows. */
function emptyJob(appId: string): object {
  return { action: "resend", filter: { appId, status: "canceled" }, confirmCount: 0 };
}

/** An owner of the site with two sessions, and a request to install another app there. */
async function createPeople(platform: TestPlatform, siteId: string) {
  const account = await createAccount(platform, `account-${count}`, { isDeveloper: true });
  const { accountId, call } = account;
  await managementCaller(platform)(`PUT /sites/${siteId}/members/${accountId}`, { body: { role: "OWNER" } });
  await addSession(platform, accountId);
  const { items } = (await call("GET /me/sessions")).body;
  const { appId } = await requestedApp(platform);
  const requestId = await askToInstall(platform, { appId, siteId, accountId });
  const sessionId = String(items.find((session) => !session.isCurrent)?.sessionId);
  return { account, accountId, requestId, sessionId };
}

const requestedApps = new Map<TestPlatform, { readonly appId: string }>();

/** An app that no site has. One is enough, because key pairs take long. */
async function requestedApp(platform: TestPlatform): Promise<{ readonly appId: string }> {
  const app = requestedApps.get(platform) ?? (await platform.createApp({ name: "Requested" }));
  requestedApps.set(platform, app);
  return app;
}
