export { type App, type NewApp, tokenLifetimeBounds } from "./app.ts";
export { appJwksRoutes } from "./app-jwks.routes.ts";
export {
  AppKeyRing,
  type AppSigningKey,
  type GenerateAppKey,
  generateAppKey,
  type NewAppKey,
  readAppPublicKey,
  signForApp,
} from "./app-keys.ts";
export { readLiveSecrets, readPrimarySecret, secretPrefixLength } from "./app-secrets.ts";
export { lockApp, lockAppShared, readApp, readApps } from "./apps.queries.ts";
export { appRoutes } from "./apps.routes.ts";
export { type AppInstances, Apps, type CreatedApp } from "./apps.ts";
export { developerRoutes } from "./developers/developers.routes.ts";
export { countLogRows, type LogQuota, pruneAboveQuota, type RowsAboveQuota } from "./log-quota.queries.ts";
export { type RequestedScope, repeatedParameter, requestedScope } from "./registration/index.ts";
export { appResealSteps, type ResealStep } from "./reseal.queries.ts";
export { secretRoutes } from "./secrets.routes.ts";
