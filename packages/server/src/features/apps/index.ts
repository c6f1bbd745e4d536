export { type App, type NewApp, tokenLifetimeBounds } from "./app.ts";
export { appJwksRoutes } from "./app-jwks.routes.ts";
export {
  AppKeyRing,
  type AppSigningKey,
  generateAppKey,
  type NewAppKey,
  readAppPublicKey,
  signForApp,
} from "./app-keys.ts";
export { readLiveSecrets, readPrimarySecret } from "./app-secrets.ts";
export { lockApp, lockAppShared, readApp } from "./apps.queries.ts";
export { appRoutes } from "./apps.routes.ts";
export { Apps, type CreatedApp } from "./apps.ts";
export { countLogRows, type LogQuota, pruneAboveQuota, type RowsAboveQuota } from "./log-quota.queries.ts";
export type { LegacyFlow, RequestedScope, ScopeRequest } from "./registration/index.ts";
export { appResealSteps, type ResealStep } from "./reseal.queries.ts";
export { secretRoutes } from "./secrets.routes.ts";
