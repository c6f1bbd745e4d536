export type { Access, AccessGuard } from "./access-guard.ts";
export { createAccessGuard, nothingPermitted, permissionDenied } from "./access-guard.ts";
export { oauthRoutes } from "./oauth.routes.ts";
export { createSignatureCache } from "./signature-cache.ts";
export { tokenLogRoutes } from "./token-log.routes.ts";
export { pruneTokenLog } from "./token-log.store.ts";
export type { TokenSources } from "./token-sources.ts";
export { createTokenStore, pruneDeniedTokens } from "./tokens.store.ts";
export { createTokenUsage, type TokenUsage } from "./usage.ts";
