export type { AccessTokenClaims, ParsedToken, TokenGeneration } from "./access-token.ts";
export {
  accessTokenType,
  maxTokenAncestors,
  maxTokenLifetime,
  parseAccessToken,
  wixTokenPrefix,
} from "./access-token.ts";
export type {
  ApiErrorBody,
  ApplicationError,
  FieldViolation,
  ValidationError,
  ViolatedRule,
} from "./api-error.ts";
export { type Authorization, parseAuthorization, parseBearerToken } from "./authorization.ts";
export { type Bytes, decodeBase64url, encodeBase64url } from "./base64url.ts";
export { type Identity, type IdentityType, identityIds } from "./identity.ts";
export { canonicalGuid, isGuid } from "./ids.ts";
export type { InstanceCheck, InstanceParameter, InvalidInstanceReason } from "./instance-parameter.ts";
export {
  importInstanceKey,
  readInstanceParameter,
  unverifiedAppId,
  writeInstanceParameter,
} from "./instance-parameter.ts";
export { decodeJsonObject, type ParsedJwt, parseJwt } from "./jwt.ts";
export { nearestName } from "./names/nearest-name.ts";
export {
  apiKeyPrefix,
  appSecretPrefix,
  codePrefix,
  formatSecret,
  hasLatchkeyPrefix,
  installTokenPrefix,
  refreshTokenPrefix,
  type SecretPrefix,
  secretPattern,
} from "./secret-format.ts";
export {
  readServicePluginData,
  readServicePluginError,
  type ServicePluginClaims,
  type ServicePluginData,
  type ServicePluginErrorBody,
  type ServicePluginMetadata,
  servicePluginLifetime,
  servicePluginType,
} from "./service-plugin.ts";
export { isJsonObject, type JsonFault, type JsonObject, parseStrictJson } from "./strict-json.ts";
export type {
  ActiveTokenInfo,
  ClientCredentialsRequest,
  OAuthErrorBody,
  StripBoundSessionRequest,
  SubjectType,
  TokenInfo,
  TokenRequest,
} from "./token-messages.ts";
export type { StandardWebhook, WebhookClaims, WebhookFormat, WebhookMessage } from "./webhook.ts";
export {
  readWebhookMessage,
  standardWebhookText,
  webhookLifetime,
  webhookSecretPrefix,
  webhookType,
  writeStandardWebhook,
  writeWebhookMessage,
} from "./webhook.ts";
