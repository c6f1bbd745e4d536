import type { ApiErrorBody } from "@latchkey/protocol";

/** The reason of an {@link AccessRefused}, for logs. The response contains less detail. */
export type AccessRefusedReason =
  | "no_token"
  | "malformed"
  | "wrong_issuer"
  | "wrong_audience"
  | "inactive"
  | "from_future"
  | "expired"
  | "lives_too_long"
  | "unknown_key"
  | "bad_signature"
  | "permission_denied"
  | "unavailable";

/** The error code in the response, the same as in the platform's own APIs. */
export type AccessRefusedCode = "UNAUTHENTICATED" | "PERMISSION_DENIED" | "UNAVAILABLE";

interface ErrorResponse {
  readonly status: 401 | 403 | 503;
  readonly code: AccessRefusedCode;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly data?: Readonly<Record<string, unknown>>;
}

const noTokenResponse: ErrorResponse = {
  status: 401,
  code: "UNAUTHENTICATED",
  message: "Send an access token in the Authorization header.",
  // RFC 6750 section 3.1: without a token, the challenge has no error code.
  headers: { "www-authenticate": "Bearer" },
};

const invalidTokenResponse: ErrorResponse = {
  status: 401,
  code: "UNAUTHENTICATED",
  message: "The access token is invalid, expired or revoked; request a new one.",
  headers: { "www-authenticate": 'Bearer error="invalid_token"' },
};

/**
 * The error of a rejected request, with its response (RFC 6750): 401 without a valid token, 403 without the
 * permission, 503 with `Retry-After` when the token cannot be checked.
 *
 * The error contains no token, and the response repeats no part of the request.
 *
 * @example
 * import { AccessRefused, createResourceServer } from "@latchkey/sdk/resource-server";
 *
 * const bookings = createResourceServer({
 *   issuer: "https://platform.example",
 *   audience: "https://api.example.com/bookings",
 *   offline: true,
 * });
 * async function respond(request: Request): Promise<Response> {
 *   try {
 *     return Response.json(await bookings.require(request, "BOOKINGS.READ"));
 *   } catch (error) {
 *     if (error instanceof AccessRefused) return error.toResponse();
 *     throw error;
 *   }
 * }
 */
export class AccessRefused extends Error {
  readonly status: 401 | 403 | 503;
  readonly code: AccessRefusedCode;
  readonly reason: AccessRefusedReason;
  /** The headers of the response. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body of the response. */
  readonly body: ApiErrorBody;

  constructor(reason: AccessRefusedReason, response: ErrorResponse, cause?: unknown) {
    super(response.message, cause === undefined ? undefined : { cause });
    this.status = response.status;
    this.code = response.code;
    this.reason = reason;
    this.headers = {
      ...response.headers,
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-store",
    };
    this.body = bodyOf(response);
  }

  override get name(): string {
    return "AccessRefused";
  }

  /** Creates the response. */
  toResponse(): Response {
    return new Response(JSON.stringify(this.body), { status: this.status, headers: this.headers });
  }
}

/** Creates a 401: the token is missing or not valid. */
export function unauthenticated(reason: AccessRefusedReason): AccessRefused {
  return new AccessRefused(reason, reason === "no_token" ? noTokenResponse : invalidTokenResponse);
}

/** Creates a 403: the token lacks the permission. */
export function permissionDenied(permission: string): AccessRefused {
  return new AccessRefused("permission_denied", {
    status: 403,
    code: "PERMISSION_DENIED",
    message: `Permission ${permission} is required`,
    headers: { "www-authenticate": 'Bearer error="insufficient_scope"' },
    data: { permission },
  });
}

/** Creates a 503: the token cannot be checked at the moment. */
export function unavailable(cause: unknown): AccessRefused {
  const message = "The access token cannot be checked now; try again shortly.";
  const headers = { "retry-after": "1" };
  return new AccessRefused("unavailable", { status: 503, code: "UNAVAILABLE", message, headers }, cause);
}

/** 5xx responses have an empty body on this wire (*wire §9*). */
function bodyOf({ code, data = {}, message, status }: ErrorResponse): ApiErrorBody {
  if (status === 503) return { message: "", details: {} };
  return { message, details: { applicationError: { code, description: message, data } } };
}
