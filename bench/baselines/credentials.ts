/** The fixed credentials and ids of the baseline servers; not secret. */
export const baselineCredentials = {
  appId: "b2f00000-0000-4000-8000-000000000001",
  appSecret: "lks_0123456789abcdefghijABCDEFGHIJ0123456789abcdefghi",
  instanceId: "5a1c0000-0000-4000-8000-000000000001",
  siteId: "c0de0000-0000-4000-8000-000000000001",
  secretId: "5ec20000-0000-4000-8000-000000000001",
  /** The audience of tokens. */
  resource: "http://127.0.0.1:4400",
  scope: "SCOPE.DC-STORES.READ-PRODUCTS SCOPE.DC-STORES.MANAGE-PRODUCTS",
} as const;
