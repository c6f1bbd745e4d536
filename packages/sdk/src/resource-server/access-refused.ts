import type { ApiErrorBody } from "@latchkey/protocol";

/** Why a request may not pass, for logs; its sender is told less. */
export type AccessRefusedReason =
  | "no_token"
  | "malformed"
  | "wrong_issuer"
  | "wrong_audience"
  | "inactive"
  | "expired"
  | "lives_too_long"
  | "unknown_key"
  | "bad_signature"
  | "permission_denied"
  | "unavailable";

/** The code that the response to a refused request carries, as on the platform's own APIs. */
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
  // RFC 6750 §3: no error code when no token was sent.
  headers: { "www-authenticate": "Bearer" },
};

const invalidTokenResponse: ErrorResponse = {
  status: 401,
  code: "UNAUTHENTICATED",
  message: "The access token is not valid, or not any more; request a new one.",
  headers: { "www-authenticate": 'Bearer error="invalid_token"' },
};

/**
 * A request that may not pass, with the response it gets (RFC 6750): 401 without a good token, 403 without the
 * permission, 503 with `Retry-After` while the token cannot be checked.
 *
 * It holds no token, and its response repeats nothing that was sent.
 *
 * @example
 * import { AccessRefused, createResourceServer } from "@latchkey/sdk/resource-server";
 *
 * const bookings = createResourceServer({
 *   issuer: "https://platform.example",
 *   audience: "https://api.example.com/bookings",
 *   offline: true,
 * });
 * async function response(request: Request): Promise<Response> {
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
  /** Those of the response. */
  readonly headers: Readonly<Record<string, string>>;
  /** That of the response. */
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

  /** The response, for what takes a `Response`. */
  toResponse(): Response {
    return new Response(JSON.stringify(this.body), { status: this.status, headers: this.headers });
  }
}

/** 401: nobody was named, or by a token that is not good. */
export function unauthenticated(reason: AccessRefusedReason): AccessRefused {
  return new AccessRefused(reason, reason === "no_token" ? noTokenResponse : invalidTokenResponse);
}

/** 403: the token does not permit it. */
export function permissionDenied(permission: string): AccessRefused {
  return new AccessRefused("permission_denied", {
    status: 403,
    code: "PERMISSION_DENIED",
    message: `Permission ${permission} is required`,
    headers: { "www-authenticate": 'Bearer error="insufficient_scope"' },
    data: { permission },
  });
}

/** 503: nobody can tell now whether the token is good. */
export function unavailable(cause: unknown): AccessRefused {
  const message = "The access token cannot be checked now; try again shortly.";
  const headers = { "retry-after": "1" };
  return new AccessRefused("unavailable", { status: 503, code: "UNAVAILABLE", message, headers }, cause);
}

/** On this wire the bodies of 5xx are empty on purpose (*wire §9*). */
function bodyOf({ code, data = {}, message, status }: ErrorResponse): ApiErrorBody {
  if (status === 503) return { message: "", details: {} };
  return { message, details: { applicationError: { code, description: message, data } } };
}
