import { askToInstall } from "@latchkey/test-support/accounts";
import {
  type CallManagement,
  type ManagementResponse,
  managementCaller,
} from "@latchkey/test-support/management-client";
import { fillPath, type ManagementOperation } from "@latchkey/test-support/management-operations";
import { createPortalLink } from "@latchkey/test-support/portal";
import { expect } from "vitest";
import type { TestPlatform } from "../index.ts";

/** An id for each parameter of a path. */
export type Ids = Readonly<Record<string, string>>;

/** Creates an object for every id in a path: an app on its own site, a second secret, an API key, a signing key. */
export async function populate(platform: TestPlatform, name: string) {
  const admin = managementCaller(platform);
  const legacy = { appUrl: legacyUrl, redirectUrls: [legacyUrl] };
  const scopes = [{ scopeId: optionalScope, optional: true }];
  const app = await platform.createApp({ name, scopes, legacy });
  const site = await platform.createSite({ name: `${name} site` });
  const instance = await platform.install({ appId: app.appId, siteId: site.siteId });
  const second = await admin(`POST /apps/${app.appId}/secrets`, { body: { name: `${name} secret` } });
  const apiKey = await admin("POST /api-keys", { body: { name: `${name} key`, scopes: ["apps:read"] } });
  const signingKey = await admin("POST /keys", { body: { activateNow: true } });
  const webhooks = `POST /apps/${app.appId}/webhooks`;
  const hook = { eventType: "AppInstalled", url: "http://127.0.0.1:9999/hooks" };
  const { body: webhook } = await admin(webhooks, { body: hook });
  const { body: delivery } = await admin(`${webhooks}/${webhook.webhookId}/test`);
  const extensions = `POST /apps/${app.appId}/extensions`;
  const { body: page } = await admin(extensions, { body: newPage });
  const { body: plugin } = await admin(extensions, { body: newPlugin("ECOM_SHIPPING_RATES") });
  const email = `${app.appId}@swept.example`;
  const { body: account } = await admin("POST /accounts", { body: { email, name, isDeveloper: true } });
  const { accountId } = account;
  await admin(`POST /apps/${app.appId}/developers`, { body: { accountId } });
  await admin(`PUT /sites/${site.siteId}/members/${accountId}`, { body: { role: "OWNER" } });
  await admin("POST /service-plugins/call", { body: shippingCall({ siteId: site.siteId }) });
  await admin(`POST /apps/${app.appId}/backfill`);
  const { body: job } = await admin("POST /jobs", { body: emptyJob(app) });
  const added = { scopeId: addedScope, reason: "New" };
  await admin(`PATCH /apps/${app.appId}`, { body: { scopes: [...scopes, added] } });
  await admin(`POST /apps/${app.appId}/pre-approvals`, { body: { scopeIds: [optionalScope] } });
  const requested = await platform.createApp({ name: `${name} requested` });
  const { siteId } = site;
  const requestId = await askToInstall(platform, { appId: requested.appId, accountId, siteId });
  const linkId = await createLinksAndFault(platform, { appId: app.appId, siteId });
  await platform.settled();
  const { body: events } = await admin(`GET /sites/${site.siteId}/events`);
  // Adds an entry to the token log.
  await fetch(`${platform.url}/oauth2/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      grant_type: "client_credentials",
      client_id: app.appId,
      client_secret: app.secret.value,
      instance_id: site.siteId,
    }),
  });
  const ids: Ids = {
    appId: app.appId,
    ...{ siteId: site.siteId, instanceId: instance.instanceId },
    secretId: second.body.secretId,
    keyId: apiKey.body.keyId,
    kid: signingKey.body.kid,
    webhookId: String(webhook.webhookId),
    ...{ deliveryId: String(delivery.deliveryId), jobId: String(job.jobId) },
    eventId: String(events.items.find(({ eventType }) => eventType === "AppInstalled")?.eventId),
    ...{ extensionId: String(plugin.extensionId), pageId: String(page.extensionId) },
    ...{ accountId, requestId, linkId },
    passkeyId: "AAAA",
    sessionId: "00000000-0000-4000-8000-000000000000",
    role: "EDITOR",
    componentType: "SWEPT",
    scopeId: optionalScope,
  };
  return {
    ids,
    secrets: [app.secret.value, second.body.value, apiKey.body.value, String(webhook.signingSecret)],
  };
}

/** A fault, a portal link of a site, and one of an app, whose id it returns. */
async function createLinksAndFault(
  platform: TestPlatform,
  owner: { appId: string; siteId: string },
): Promise<string> {
  await platform.faults.add(fault);
  await createPortalLink(platform, { siteId: owner.siteId, pages: ["apps"] });
  return (await createPortalLink(platform, { appId: owner.appId, pages: ["logs"] })).linkId;
}

/** It never happens. */
const fault = { target: "delivery", delay: "1d", eventType: "latchkey.swept" } as const;
const emptyJob = ({ appId }: { readonly appId?: string }) => ({
  ...{ action: "resend", filter: { appId, status: "canceled" } },
  confirmCount: 0,
});
const optionalScope = "SCOPE.DC-STORES.READ-PRODUCTS";
const addedScope = "SCOPE.DC-STORES.MANAGE-PRODUCTS";
const legacyUrl = "http://127.0.0.1:9999/legacy";
const newPage = { kind: "IFRAME_PAGE", url: "http://127.0.0.1:9999/page" };
const newPlugin = (componentType: string) => ({
  ...{ kind: "SERVICE_PLUGIN", componentType },
  baseUri: "http://127.0.0.1:9999/plugins",
});
const shippingRequest = { method: "getShippingRates", request: { lineItems: [{ quantity: 1 }] } };
const shippingCall = ({ siteId }: Ids) => ({
  ...{ siteId, componentType: "ECOM_SHIPPING_RATES", ...shippingRequest },
});

/** A valid body for each operation. The sweep fails for an operation without one. */
const bodies: Readonly<Record<string, (ids: Ids) => object>> = {
  addFault: () => fault,
  createApp: () => ({ name: "New" }),
  changeApp: () => ({ name: "Changed" }),
  createAppSecret: () => ({ name: "New" }),
  createAccount: ({ accountId }) => ({ email: `new-${accountId}@swept.example`, name: "New" }),
  changeAccount: () => ({ name: "Changed" }),
  changeMyPassword: () => ({ currentPassword: "not the password", newPassword: "a long enough one" }),
  registerMyPasskey: () => ({
    name: "New",
    credential: {
      ...{ id: "AAAA", rawId: "AAAA", type: "public-key" },
      response: { clientDataJSON: "AAAA", attestationObject: "AAAA" },
    },
  }),
  addDeveloper: ({ accountId }) => ({ accountId }),
  createSite: () => ({ name: "New" }),
  changeSite: () => ({ name: "Changed" }),
  installApp: ({ appId }) => ({ appId }),
  approveInstance: () => ({}),
  createInstallLink: ({ appId }) => ({ appId }),
  createPortalLinkOfApp: () => ({ pages: ["logs"], origin: "https://product.example" }),
  createPortalLinkOfSite: () => ({ pages: ["apps"], origin: "https://product.example" }),
  approveInstallRequest: () => ({}),
  withdrawScopes: () => ({ scopes: [optionalScope] }),
  createPreApprovals: () => ({ scopeIds: [addedScope] }),
  createWebhook: () => ({ eventType: "AppRemoved", url: "http://127.0.0.1:9999/new" }),
  changeWebhook: () => ({ url: "http://127.0.0.1:9999/changed" }),
  replayWebhook: () => ({}),
  findSecret: ({ appId }) => ({ id: appId }),
  countForJob: ({ appId }) => ({ action: "cancel", filter: { appId } }),
  createJob: emptyJob,
  testWebhook: () => ({}),
  createEventType: () => ({ eventType: "new", description: "New" }),
  publishEvent: ({ siteId }) => ({ siteId, eventType: "PlanReactivated", payload: {} }),
  createExtension: () => newPlugin("ECOM_ADDITIONAL_FEES"),
  changeExtension: () => ({ baseUri: "http://127.0.0.1:9999/moved" }),
  testExtension: ({ instanceId }) => ({ instanceId, ...shippingRequest }),
  putServicePluginType: () => ({ methods: [{ name: "sweep", path: "/v1/sweep", timeoutMs: 1_000 }] }),
  callServicePlugins: shippingCall,
  createPageUrl: ({ pageId }) => ({ extensionId: pageId }),
  createUserToken: ({ accountId }) => ({ accountId }),
  putMember: () => ({ role: "OWNER" }),
  putRole: () => ({ permissions: ["WIX_STORES.READ_PRODUCTS"] }),
  createPermission: () => ({ permissionId: "NEW", description: "New" }),
  createScope: () => ({ scopeId: "NEW", name: "New", permissions: ["WIX_STORES.READ_PRODUCTS"] }),
  createResource: () => ({ identifier: "https://api.example.com/new", name: "New" }),
  createSigningKey: () => ({}),
  retireSigningKey: () => ({}),
  createCode: ({ instanceId }) => ({ instanceId, redirectUrl: legacyUrl }),
  createApiKey: () => ({ name: "New", scopes: ["apps:read"] }),
  changeRetention: () => ({ deliveries: 14 }),
  moveClock: () => ({ advance: "1s" }),
};

/** The query of each operation that needs one. */
const queries: Readonly<Record<string, (ids: Ids) => string>> = { findId: ({ appId }) => `?id=${appId}` };

/** Calls an operation with a valid body. */
export async function perform(
  call: CallManagement,
  operation: ManagementOperation,
  ids: Ids,
): Promise<ManagementResponse> {
  const body = bodies[operation.operationId]?.(ids);
  expect([operation.operationId, body !== undefined]).toEqual([operation.operationId, operation.takesBody]);
  return await call(fillPath(operation.call, ids) + (queries[operation.operationId]?.(ids) ?? ""), { body });
}

/** Everything that the platform stores, except its records of the calls. */
export async function storedState(platform: TestPlatform): Promise<string> {
  const { read } = platform.platform.database;
  const tables = [
    ...([
      "apps",
      "app_secrets",
      "sites",
      "instances",
      "approvals",
      "pre_approvals",
      "install_links",
      "install_requests",
      "portal_links",
      "permissions",
      "scopes",
      "resources",
    ] as const),
    ...(["signing_keys", "event_types", "webhooks", "backfills", "jobs", "extensions", "roles"] as const),
    ...([
      "service_plugin_types",
      "site_members",
      "accounts",
      "app_developers",
      "api_keys",
      "audit",
      "events",
    ] as const),
    ...(["idempotency_keys", "retention"] as const),
  ];
  const rows = await Promise.all(tables.map((table) => read.selectFrom(table).selectAll().execute()));
  return JSON.stringify(rows);
}
