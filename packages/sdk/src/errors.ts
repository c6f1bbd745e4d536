import type { FieldViolation } from "@latchkey/protocol";

/** Every code of this package; `docs/reference/errors.md` says when each happens and what to do. */
export const errorCodes = [
  "missing_credentials",
  "missing_api_url",
  "invalid_api_url",
  "insecure_api_url",
  "foreign_host",
  "invalid_access_token",
  "missing_public_key",
  "invalid_public_key",
  "body_already_read",
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

/** Everything that can go wrong in this package, by a name that never changes its meaning. */
export type LatchkeyErrorCode = (typeof errorCodes)[number];

/** The `reason` of an `invalid_delivery`. */
export type InvalidDeliveryReason =
  | "malformed"
  | "wrong_type"
  | "unknown_key"
  | "bad_signature"
  | "wrong_issuer"
  | "wrong_url"
  | "wrong_audience"
  | "expired";

/** What an error knows besides its code and message. Texts of the server are redacted before they get here. */
export interface LatchkeyErrorDetails {
  /** HTTP status of the response. */
  readonly status?: number | undefined;
  /** Names the request in the server's own log. */
  readonly requestId?: string | undefined;
  /** The server's JSON, with secrets and tokens replaced. */
  readonly body?: unknown;
  /** The server's name for the refusal: an OAuth `error` such as `invalid_client`, or an application error code. */
  readonly reason?: string | undefined;
  /** The permission that the call lacks. */
  readonly permission?: string | undefined;
  /** The request fields at fault. */
  readonly violations?: readonly FieldViolation[] | undefined;
  /** Whether the same call may succeed later. Default: false. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

const brand: symbol = Symbol.for("@latchkey/sdk/error");

/**
 * The one error class of this package: tell errors apart by `code`, never by their text.
 *
 * No secret and no token is in its message, stack, properties or JSON.
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
  /** Whether the same call may succeed later; a write without idempotency key may have happened already. */
  readonly retryable: boolean;
  declare readonly status?: number;
  declare readonly requestId?: string;
  declare readonly reason?: string;
  declare readonly permission?: string;
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
   * Tells whether a caught value is an error of this package, also one thrown by another copy of it.
   *
   * @param code narrows to errors of that code; default: any
   */
  static is<Code extends LatchkeyErrorCode = LatchkeyErrorCode>(
    value: unknown,
    code?: Code,
  ): value is LatchkeyError & { readonly code: Code } {
    if (typeof value !== "object" || value === null || !(brand in value)) return false;
    return code === undefined || (value as LatchkeyError).code === code;
  }

  // On the prototype, where the stack finds it when it is written.
  override get name(): string {
    return "LatchkeyError";
  }

  /** What `JSON.stringify` writes: everything but stack and cause. */
  toJSON(): Record<string, unknown> {
    return { name: this.name, message: this.message, ...(this as Record<string, unknown>) };
  }
}

function withoutUndefined(details: object): object {
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
}
