import type { ApiErrorBody, OAuthErrorBody } from "@latchkey/protocol";
import { ApiError, OAuthError, type OAuthErrorCode, ValidationError } from "../errors/index.ts";

/** The parts of an error response. */
interface ErrorReply<Body> {
  readonly status: number;
  readonly body: Body;
  readonly headers: Readonly<Record<string, string>>;
}

const unexpected =
  "An unexpected error of the server. Try again; if it stays, give the request id to the operator, who finds it in the log.";

/**
 * The error response of the APIs. An unexpected error is a 500 without details.
 *
 * @param requestId undefined for routes of the wire protocol, whose 5xx bodies have no text
 */
export function apiErrorReply(error: unknown, requestId?: string): ErrorReply<ApiErrorBody> {
  if (error instanceof ValidationError) {
    const validationError = { fieldViolations: [...error.violations] };
    return { status: 400, body: { message: error.message, details: { validationError } }, headers: {} };
  }
  const apiError = error instanceof ApiError ? error : new ApiError("INTERNAL");
  const { code, headers, status } = apiError;
  if (status >= 500 && requestId === undefined)
    return { status, body: { message: "", details: {} }, headers };
  const message = apiError.message || unexpected;
  const data = { ...apiError.data, ...(status >= 500 && { requestId }) };
  return {
    status,
    body: { message, details: { applicationError: { code, description: message, data } } },
    headers,
  };
}

/** The error response of the OAuth endpoints (RFC 6749 §5.2). */
export function oauthErrorReply(error: unknown): ErrorReply<OAuthErrorBody> {
  if (error instanceof OAuthError) {
    const { headers, message, reason, showsReason, status } = error;
    const reply = oauthReply(error.error, message, { status, headers });
    return showsReason ? { ...reply, body: { ...reply.body, reason } } : reply;
  }
  if (error instanceof ApiError && error.status < 500) {
    return oauthReply("invalid_request", error.message, { status: error.status, headers: error.headers });
  }
  if (error instanceof ApiError && error.code === "UNAVAILABLE") {
    return oauthReply("temporarily_unavailable", error.message, { status: 503, headers: error.headers });
  }
  return oauthReply("server_error", unexpected, { status: 500, headers: {} });
}

function oauthReply(
  error: OAuthErrorCode,
  description: string,
  reply: { status: number; headers: Readonly<Record<string, string>> },
): ErrorReply<OAuthErrorBody> {
  return { ...reply, body: { error, error_description: description } };
}
