export { type ApiErrorCode, apiErrors, type OAuthErrorCode, oauthErrors } from "./catalogue.ts";
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
