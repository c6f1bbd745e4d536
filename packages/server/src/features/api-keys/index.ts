export { ApiKeyUsage } from "./api-key-usage.ts";
export { apiKeyRoutes } from "./api-keys.routes.ts";
export type { ApiKeyDependencies } from "./api-keys.ts";
export { createAuthenticate } from "./authenticate.ts";
export { keyScopeNames } from "./key-scopes.ts";
