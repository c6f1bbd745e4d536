export { accessTokenRoute, requireAccess, requireAccessFor } from "./access-guard.ts";
export { ApiLimits, type ApiRateLimits } from "./api-limits.ts";
export { invalidReasons } from "./check-token.ts";
export { userTokenRoutes } from "./endpoints/user-token.routes.ts";
export { legacyPageRoutes } from "./legacy/close-window.routes.ts";
export { pruneCodes, pruneInstallTokens } from "./legacy/legacy.queries.ts";
export {
  type InstallTokenCheck,
  type InstallTokenRefusal,
  LegacyCredentials,
} from "./legacy/legacy-credentials.ts";
export { requireMinting } from "./mint.ts";
export { oauthRoutes } from "./oauth.routes.ts";
export { ParsedTokenCache } from "./parsed-token-cache.ts";
export { FailedAuthentications } from "./request/failed-authentications.ts";
export type { TokenDependencies } from "./token-dependencies.ts";
export { pruneDeniedTokens, TokenQueries } from "./tokens.queries.ts";
export { recordRefusals } from "./usage/record-refusals.ts";
export { pruneTokenLog } from "./usage/token-log.queries.ts";
export { tokenLogRoutes } from "./usage/token-log.routes.ts";
export { TokenUsage } from "./usage/usage.ts";
