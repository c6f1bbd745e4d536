export type { ApiErrorCode, OAuthErrorCode } from "./catalogue.ts";
export { apiErrors, oauthErrors } from "./catalogue.ts";
export { ApiError, OAuthError, OperatorError, UniqueViolation, ValidationError } from "./errors.ts";
