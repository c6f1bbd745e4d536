import type { FieldViolation } from "@latchkey/protocol";
import { LatchkeyError, type LatchkeyErrorCode } from "../errors.ts";
import { type BufferedResponse, requestIdOf } from "./attempt.ts";
import { parseRedacted, redactLine } from "./redact.ts";

/** A response, with the data for error messages. */
export interface NamedResponse {
  readonly response: BufferedResponse;
  /** The name of the request in errors, such as `POST /stores/v1/products/query`. */
  readonly name: string;
  readonly secrets: readonly string[];
}

const oauthAdvice: Readonly<Record<string, string>> = {
  invalid_client:
    "Check appId and appSecret, that appId is not an instanceId, and that the secret has not been deleted or expired.",
  invalid_grant: "Check that the app is installed on the site, and that instanceId belongs to this app.",
  invalid_target: "Check that the API is registered on the platform with exactly this identifier.",
  invalid_request: "Check that instanceId is the ID that the app received in the webhook AppInstalled.",
  invalid_scope: "Request only scopes that the app has and that the site owner granted.",
};

const adviceByCode: Partial<Record<LatchkeyErrorCode, string>> = {
  unauthenticated: "A new access token failed too. Check that the app is still installed on the site.",
  permission_denied: "Add a scope with this permission to the app, and ask the site owner to approve it.",
  rate_limited: "Send fewer calls, or try again later.",
  server_error: "Try again later. If the error persists, report the request ID.",
};

/** Advice for the exchange of a page's token, which has no `instanceId`. */
export const pageTokenAdvice: Readonly<Record<string, string>> = {
  invalid_request: "Check that accessToken is the unchanged token of the page.",
  invalid_grant: "The accessToken has expired or belongs to another app. Request a new one in the page.",
};

/**
 * Converts an error response of the token endpoint to an error with status, request ID and reason.
 *
 * @param request.advice advice for this request, by OAuth error
 * @param request.url where the request was sent
 */
export function tokenError(
  { response, name, secrets }: NamedResponse,
  request: { readonly advice: Readonly<Record<string, string>> | undefined; readonly url: string },
): LatchkeyError {
  const body = parseRedacted(response.text, secrets);
  const reason = textAt(body, "error");
  const retryable = response.status === 429 || response.status >= 500;
  const known: Readonly<Record<string, string>> = {
    ...oauthAdvice,
    ...request.advice,
    404: `Nothing is at ${request.url}. Set apiUrl to the origin of the platform.`,
  };
  const advice = known[reason ?? response.status] ?? (retryable ? adviceByCode.server_error : undefined);
  const requestId = requestIdOf(response.headers, secrets);
  const why = [reason, textAt(body, "error_description")];
  return new LatchkeyError(
    "token_request_failed",
    errorMessage({ name, status: response.status, why, requestId, advice }),
    { status: response.status, requestId, reason, body, retryable },
  );
}

/** Converts an error response of an API to an error. */
export function apiError({ response, name, secrets }: NamedResponse): LatchkeyError {
  const body = parseRedacted(response.text, secrets);
  const details = at(body, "details");
  const application = at(details, "applicationError");
  const violations = violationsIn(at(details, "validationError"));
  const reason = textAt(application, "code");
  const code = reason === "ENDPOINT_NOT_SERVED" ? "request_failed" : codeOf(response.status, violations);
  const message = textAt(body, "message");
  const requestId = requestIdOf(response.headers, secrets);
  const why = [message, violations?.map(({ field, description }) => `${field}: ${description}`).join("; ")];
  return new LatchkeyError(
    code,
    errorMessage({ name, status: response.status, why, requestId, advice: adviceByCode[code] }),
    {
      status: response.status,
      requestId,
      reason,
      permission: code === "permission_denied" ? permissionIn(application, message) : undefined,
      approvalUrl: textAt(at(application, "data"), "approvalUrl"),
      violations,
      body,
      retryable: code === "rate_limited" || code === "server_error",
    },
  );
}

function codeOf(status: number, violations: readonly FieldViolation[] | undefined): LatchkeyErrorCode {
  if (status === 401) return "unauthenticated";
  if (status === 403) return "permission_denied";
  if (status === 404) return "not_found";
  if (status === 429) return "rate_limited";
  if (status >= 500) return "server_error";
  return violations === undefined ? "request_failed" : "validation_failed";
}

function permissionIn(application: unknown, message: string | undefined): string | undefined {
  return (
    textAt(at(application, "data"), "permission") ?? /^Permission (\S+) is required/.exec(message ?? "")?.[1]
  );
}

function violationsIn(validation: unknown): readonly FieldViolation[] | undefined {
  const violations = at(validation, "fieldViolations");
  if (!Array.isArray(violations)) return undefined;
  return violations
    .filter((each) => typeof each === "object" && each !== null)
    .map((each) => ({ field: "", description: "", violatedRule: "OTHER", ...each }));
}

interface ErrorParts {
  readonly name: string;
  readonly status: number;
  readonly why: readonly (string | undefined)[];
  readonly requestId: string | undefined;
  readonly advice: string | undefined;
}

function errorMessage({ name, status, why, requestId, advice }: ErrorParts): string {
  const reasons = why.filter((text) => text !== undefined && text !== "").join(": ");
  const detail = redactLine(reasons, []).replace(/[.\s]+$/, "");
  const what = `${name} failed with status ${status}${detail === "" ? "" : ` (${detail})`}`;
  const where = requestId === undefined ? "" : `, request ID ${requestId}`;
  return `${what}${where}.${advice === undefined ? "" : ` ${advice}`}`;
}

function at(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function textAt(value: unknown, key: string): string | undefined {
  const text = at(value, key);
  return typeof text === "string" ? text : undefined;
}
