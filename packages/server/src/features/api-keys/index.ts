export { apiKeyRoutes } from "./api-keys.routes.ts";
export type { ApiKeys } from "./api-keys.ts";
export { createApiKeys } from "./api-keys.ts";
export { createAuthenticate } from "./authenticate.ts";
export { keyScopeNames } from "./key-scopes.ts";
export type { KeyUsage } from "./key-usage.ts";
export { createKeyUsage } from "./key-usage.ts";
