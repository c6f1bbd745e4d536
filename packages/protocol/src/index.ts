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
export type { Authorization } from "./authorization.ts";
export { parseAuthorization, parseBearerToken } from "./authorization.ts";
export { decodeBase64url, encodeBase64url } from "./base64url.ts";
export type { Identity, IdentityType } from "./identity.ts";
export { identityIds } from "./identity.ts";
export { canonicalGuid, isGuid } from "./ids.ts";
export type { InstanceCheck, InstanceParameter, InvalidInstanceReason } from "./instance-parameter.ts";
export {
  importInstanceKey,
  readInstanceParameter,
  unverifiedAppId,
  writeInstanceParameter,
} from "./instance-parameter.ts";
export type { ParsedJwt } from "./jwt.ts";
export { decodeJsonObject, parseJwt } from "./jwt.ts";
export type { ParsedSecret, SecretPrefix } from "./secret-format.ts";
export {
  apiKeyPrefix,
  appSecretPrefix,
  formatSecret,
  hasLatchkeyPrefix,
  parseSecret,
  secretPattern,
} from "./secret-format.ts";
export type {
  ServicePluginClaims,
  ServicePluginData,
  ServicePluginErrorBody,
  ServicePluginMetadata,
} from "./service-plugin.ts";
export {
  readServicePluginData,
  readServicePluginError,
  servicePluginLifetime,
  servicePluginType,
} from "./service-plugin.ts";
export type { JsonFault, JsonObject } from "./strict-json.ts";
export { isJsonObject, parseStrictJson } from "./strict-json.ts";
export type {
  ActiveTokenInfo,
  ClientCredentialsRequest,
  OAuthErrorBody,
  StripBoundSessionRequest,
  SubjectType,
  TokenInfo,
  TokenRequest,
} from "./token-messages.ts";
export type { WebhookClaims, WebhookMessage } from "./webhook.ts";
export {
  readWebhookMessage,
  standardWebhookText,
  webhookLifetime,
  webhookSecretPrefix,
  webhookType,
  writeWebhookMessage,
} from "./webhook.ts";
