import type { FieldViolation } from "@latchkey/protocol";

/** All error codes of this package. `docs/reference/errors.md` lists the causes and solutions. */
export const errorCodes = [
  "invalid_option",
  "missing_credentials",
  "missing_api_url",
  "invalid_api_url",
  "insecure_api_url",
  "foreign_host",
  "redirect_unavailable",
  "request_not_redirected",
  "invalid_access_token",
  "invalid_callback",
  "missing_public_key",
  "invalid_public_key",
  "body_already_read",
  "body_too_large",
  "invalid_delivery",
  "delivery_in_progress",
  "not_implemented",
  "invalid_instance_parameter",
  "no_context",
  "token_request_failed",
  "unauthenticated",
  "permission_denied",
  "not_found",
  "validation_failed",
  "rate_limited",
  "request_failed",
  "server_error",
  "unexpected_response",
  "timeout",
  "network",
  "aborted",
] as const;

/** A stable error code of this package. */
export type LatchkeyErrorCode = (typeof errorCodes)[number];

/** The `reason` of an error with the code `invalid_delivery`. */
export type InvalidDeliveryReason =
  | "malformed"
  | "wrong_type"
  | "unknown_key"
  | "bad_signature"
  | "wrong_issuer"
  | "wrong_url"
  | "wrong_audience"
  | "from_future"
  | "expired";

/** Details of a {@link LatchkeyError}. Texts from the server are redacted. */
export interface LatchkeyErrorDetails {
  /** The HTTP status of the response. */
  readonly status?: number | undefined;
  /** The ID of the request in the server's log. */
  readonly requestId?: string | undefined;
  /** The JSON body of the response, with secrets and tokens redacted. */
  readonly body?: unknown;
  /** The server's error code: an OAuth `error` such as `invalid_client`, or an application error code. */
  readonly reason?: string | undefined;
  /** The missing permission. */
  readonly permission?: string | undefined;
  /** The page where the site's owner can approve the permission. Absent when the app does not request it. */
  readonly approvalUrl?: string | undefined;
  /** The request fields that are not valid. */
  readonly violations?: readonly FieldViolation[] | undefined;
  /** Whether the same call can succeed later. Default: false. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

const brand: symbol = Symbol.for("@latchkey/sdk/error");

/**
 * The error class of this package. Distinguish errors by `code`, not by their text.
 *
 * Its message, stack, properties and JSON contain no secret and no token.
 *
 * @example
 * try {
 *   await client.products.queryProducts().find();
 * } catch (error) {
 *   if (LatchkeyError.is(error, "permission_denied")) console.error("The app needs", error.permission);
 *   else throw error;
 * }
 */
export class LatchkeyError extends Error {
  readonly code: LatchkeyErrorCode;
  /** Whether the same call can succeed later. A write without an idempotency key may already have taken effect. */
  readonly retryable: boolean;
  declare readonly status?: number;
  declare readonly requestId?: string;
  declare readonly reason?: string;
  declare readonly permission?: string;
  declare readonly approvalUrl?: string;
  declare readonly violations?: readonly FieldViolation[];
  declare readonly body?: unknown;

  constructor(code: LatchkeyErrorCode, message: string, details: LatchkeyErrorDetails = {}) {
    const { retryable = false, cause, ...known } = details;
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retryable = retryable;
    Object.assign(this, withoutUndefined(known));
    Object.defineProperty(this, brand, { value: true });
  }

  /**
   * Checks whether a value is an error of this package, including one of another copy of the package.
   *
   * @param code the code to check for. Default: any
   */
  static is<Code extends LatchkeyErrorCode = LatchkeyErrorCode>(
    value: unknown,
    code?: Code,
  ): value is LatchkeyError & { readonly code: Code } {
    if (typeof value !== "object" || value === null || !(brand in value)) return false;
    return code === undefined || (value as LatchkeyError).code === code;
  }

  // A getter of the prototype, because the stack is built before the constructor runs.
  override get name(): string {
    return "LatchkeyError";
  }

  /** Returns the members for `JSON.stringify`: everything except the stack and the cause. */
  toJSON(): Record<string, unknown> {
    return { name: this.name, message: this.message, ...(this as Record<string, unknown>) };
  }
}

function withoutUndefined(details: object): object {
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
}
