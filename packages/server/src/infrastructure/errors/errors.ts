import type { FieldViolation } from "@latchkey/protocol";
import {
  type ApiErrorCode,
  apiErrors,
  type OAuthErrorCode,
  type OperatorErrorCode,
  oauthErrors,
  operatorErrors,
} from "./catalogue.ts";

/** An error of a resource: its stable code, the HTTP status, and the text that a caller reads by default. */
export interface ErrorDefinition {
  readonly code: string;
  readonly status: number;
  readonly text: string;
}

/**
 * Defines the errors of a resource by their codes.
 *
 * @example
 * const errors = defineErrors({
 *   TABLE_NOT_FOUND: { status: 404, text: "There is no table with this id." },
 * });
 * throw new ApiError(errors.TABLE_NOT_FOUND);
 */
export function defineErrors<Code extends string>(
  errors: Readonly<Record<Code, Omit<ErrorDefinition, "code">>>,
): Readonly<Record<Code, ErrorDefinition>> {
  const entries = Object.entries<Omit<ErrorDefinition, "code">>(errors);
  return Object.fromEntries(entries.map(([code, error]) => [code, { ...error, code }])) as Record<
    Code,
    ErrorDefinition
  >;
}

/**
 * An error response of an API, other than for invalid fields ({@link ValidationError}).
 *
 * @example
 * throw new ApiError("SITE_NOT_FOUND");
 */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  /** Details for programs. Contains no secret and nothing of the request. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Extra response headers, such as `Allow`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Why the credential of the request is refused: only for the token log. Undefined for all other errors. */
  readonly reason: string | undefined;

  /** @param error a code of the platform, or an error that a resource defines */
  constructor(error: ApiErrorCode | ErrorDefinition, options: ApiErrorOptions = {}) {
    const { code, status, text } = definitionOf(error);
    super(options.message ?? text, { cause: options.cause });
    this.name = "ApiError";
    this.code = code;
    this.status = status;
    this.data = options.data ?? {};
    this.headers = options.headers ?? {};
    this.reason = options.reason;
  }
}

/** The status and the text of an error. */
export function definitionOf(error: ApiErrorCode | ErrorDefinition): ErrorDefinition {
  return typeof error === "string" ? { ...apiErrors[error], code: error } : error;
}

export interface ApiErrorOptions {
  readonly message?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly reason?: string;
  readonly cause?: unknown;
}

/**
 * An error response to a request with invalid fields: 400 with one violation for each broken rule.
 *
 * @example
 * throw new ValidationError([{ field: "seats", description: "must be at least 1", violatedRule: "MIN" }]);
 */
export class ValidationError extends Error {
  readonly violations: readonly FieldViolation[];

  constructor(violations: readonly FieldViolation[]) {
    super("Validation failed");
    this.name = "ValidationError";
    this.violations = violations;
  }
}

/** A {@link ValidationError} for one field. */
export function invalidField(
  field: string,
  description: string,
  violatedRule: FieldViolation["violatedRule"],
): ValidationError {
  return new ValidationError([{ field, description, violatedRule }]);
}

/** An error of an OAuth endpoint (RFC 6749 §5.2). The token log of the app shows the reason. */
export class OAuthError extends Error {
  readonly error: OAuthErrorCode;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly reason: string;
  readonly showsReason: boolean;

  constructor(error: OAuthErrorCode, description: string, options: OAuthErrorOptions = {}) {
    super(description);
    this.name = "OAuthError";
    this.error = error;
    this.status = options.status ?? oauthErrors[error];
    this.headers = options.headers ?? {};
    this.reason = options.reason ?? error;
    this.showsReason = options.showsReason ?? false;
  }
}

export interface OAuthErrorOptions {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly reason?: string;
  /** Whether the response has the reason, for a client that is authenticated. Default: false. */
  readonly showsReason?: boolean;
}

/** An error that the operator of the server has to fix. */
export class OperatorError extends Error {
  readonly code: OperatorErrorCode;

  constructor(code: OperatorErrorCode, detail?: string, options?: { cause?: unknown }) {
    super(detail === undefined ? operatorErrors[code] : `${operatorErrors[code]} ${detail}`, options);
    this.name = "OperatorError";
    this.code = code;
  }
}

/** A row violates a unique index. Features convert it to an error of their API. */
export class UniqueViolation extends Error {
  constructor(cause: unknown) {
    super("A row with this key exists already.", { cause });
    this.name = "UniqueViolation";
  }
}
