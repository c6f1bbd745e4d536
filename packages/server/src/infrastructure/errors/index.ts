export type { ApiErrorCode, OAuthErrorCode } from "./catalogue.ts";
export { apiErrors } from "./catalogue.ts";
export { ApiError, OAuthError, OperatorError, UniqueViolation, ValidationError } from "./errors.ts";
