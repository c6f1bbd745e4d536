export type { ApiErrorCode, OAuthErrorCode } from "./catalogue.ts";
export { apiErrors, oauthErrors } from "./catalogue.ts";
export type { ApiErrorOptions, ErrorDefinition } from "./errors.ts";
export {
  ApiError,
  defineErrors,
  definitionOf,
  invalidField,
  OAuthError,
  OperatorError,
  UniqueViolation,
  ValidationError,
} from "./errors.ts";
