import type { Fixtures } from "./fixtures.ts";

const shippingRequest = { method: "getShippingRates", request: { lineItems: [{ quantity: 1 }] } };

/** Valid bodies of operations whose documented example names objects that do not exist. */
export const bodies: Readonly<Record<string, (fixtures: Fixtures) => unknown>> = {
  // It changes no response of the other requests.
  addFault: () => ({ target: "delivery", reorder: true, eventType: "PlanReactivated" }),
  createToken: ({ appSecret, ids }) => ({
    grant_type: "client_credentials",
    client_id: ids.appId,
    client_secret: appSecret,
    instance_id: ids.instanceId,
  }),
  createLegacyTokens: ({ appSecret, code, ids }) => ({
    grant_type: "authorization_code",
    client_id: ids.appId,
    client_secret: appSecret,
    code,
  }),
  createCode: ({ ids, redirectUrl }) => ({ instanceId: ids.instanceId, redirectUrl }),
  addDeveloper: ({ ids }) => ({ accountId: ids.accountId }),
  changeAccount: () => ({ name: "Changed" }),
  changeMyPassword: () => ({ currentPassword: "", newPassword: "a new password" }),
  createInstallLink: ({ ids }) => ({ appId: ids.appId }),
  findSecret: ({ appSecret }) => ({ id: appSecret }),
  createPreApprovals: ({ ids }) => ({ scopeIds: [ids.scopeId] }),
  approveInstance: ({ ids }) => ({ grant: [ids.scopeId] }),
  withdrawScopes: ({ ids }) => ({ scopes: [ids.scopeId] }),
  introspectToken: withClient,
  revokeToken: withClient,
  installApp: ({ ids }) => ({ appId: ids.appId }),
  createJob: ({ ids }) => ({
    ...{ action: "resend", filter: { appId: ids.appId, status: "blocked" } },
    confirmCount: 0,
  }),
  putMember: () => ({ role: "OWNER" }),
  publishEvent: ({ ids }) => ({ siteId: ids.siteId, eventType: "PlanReactivated", payload: {} }),
  createPageUrl: ({ ids }) => ({ extensionId: ids.extensionId }),
  createUserToken: ({ ids }) => ({ accountId: ids.accountId }),
  callServicePlugins: ({ ids }) => ({
    siteId: ids.siteId,
    componentType: "ECOM_SHIPPING_RATES",
    ...shippingRequest,
  }),
  testExtension: ({ ids }) => ({ instanceId: ids.instanceId, ...shippingRequest }),
  addProductsToCollection: ({ ids }) => ({ productIds: [ids.productId] }),
  addProductMediaToChoices: choiceMedia,
  removeProductMediaFromChoices: choiceMedia,
};

function withClient({ accessToken, appSecret, ids }: Fixtures): object {
  return { client_id: ids.appId, client_secret: appSecret, token: accessToken };
}

function choiceMedia(): object {
  return { media: [{ option: "Size", choice: "1 kg", mediaIds: [] }] };
}
