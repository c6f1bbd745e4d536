import type { FieldViolation } from "@latchkey/protocol";
import {
  type ApiErrorCode,
  apiErrors,
  type OAuthErrorCode,
  type OperatorErrorCode,
  oauthErrors,
  operatorErrors,
} from "./catalogue.ts";

/** An answer other than success on the APIs; its body is that of the compatible surface. */
export class ApiError extends Error {
  readonly code: ApiErrorCode;
  readonly status: number;
  /** Facts a program may read; never a secret, never what the caller sent. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Extra response headers, such as `Allow`. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ApiErrorCode, options: ApiErrorOptions = {}) {
    super(options.message ?? apiErrors[code].text, { cause: options.cause });
    this.name = "ApiError";
    this.code = code;
    this.status = apiErrors[code].status;
    this.data = options.data ?? {};
    this.headers = options.headers ?? {};
  }
}

export interface ApiErrorOptions {
  readonly message?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** A request whose fields break rules: 400 with one violation for each. */
export class ValidationError extends Error {
  readonly violations: readonly FieldViolation[];

  constructor(violations: readonly FieldViolation[]) {
    super("Validation failed");
    this.name = "ValidationError";
    this.violations = violations;
  }
}

/** An error of an OAuth endpoint: RFC 6749 §5.2 body, and a reason that only the app's own log shows. */
export class OAuthError extends Error {
  readonly error: OAuthErrorCode;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly reason: string;

  constructor(error: OAuthErrorCode, description: string, options: OAuthErrorOptions = {}) {
    super(description);
    this.name = "OAuthError";
    this.error = error;
    this.status = options.status ?? oauthErrors[error];
    this.headers = options.headers ?? {};
    this.reason = options.reason ?? error;
  }
}

export interface OAuthErrorOptions {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly reason?: string;
}

/** Something the operator of the server has to mend. */
export class OperatorError extends Error {
  readonly code: OperatorErrorCode;

  constructor(code: OperatorErrorCode, detail?: string, options?: { cause?: unknown }) {
    super(detail === undefined ? operatorErrors[code] : `${operatorErrors[code]} ${detail}`, options);
    this.name = "OperatorError";
    this.code = code;
  }
}

/** A unique index refused a row; stores turn it into an answer of their own. */
export class UniqueViolation extends Error {
  constructor(cause: unknown) {
    super("A row with this key exists already.", { cause });
    this.name = "UniqueViolation";
  }
}
