import type { FieldViolation } from "@latchkey/protocol";
import { LatchkeyError, type LatchkeyErrorCode } from "../errors.ts";
import { type ReadAnswer, requestIdOf } from "./attempt.ts";
import { parseRedacted, redactLine } from "./redact.ts";

/** An answer that is no success, and how to speak about it. */
export interface Refusal {
  readonly answer: ReadAnswer;
  /** How the error names the request, such as `POST /stores/v1/products/query`. */
  readonly name: string;
  readonly secrets: readonly string[];
}

const OAUTH_ADVICE: Readonly<Record<string, string>> = {
  invalid_client: "Check appId and appSecret, and that the secret has not been deleted or expired.",
  invalid_grant: "Check that the app is installed on the site and that instanceId is the one of this app.",
  invalid_target: "Check that the API is registered on the platform under this very identifier.",
  invalid_scope: "Ask only for scopes that the app has and the site's owner granted.",
};

const ADVICE: Partial<Record<LatchkeyErrorCode, string>> = {
  unauthenticated: "A new access token was refused too: check that the app is still installed on the site.",
  permission_denied: "Add a scope with this permission to the app and have the site's owner approve it.",
  rate_limited: "Send fewer calls, or try again later.",
  server_error: "Try again later; if it stays, report the request id.",
};

/** What to do when the token of a page cannot be exchanged: there is no instanceId to look at. */
const PAGE_TOKEN_ADVICE = {
  ...OAUTH_ADVICE,
  invalid_grant: "The accessToken has ended, or is of another app. Let the page get a new token.",
};

/**
 * Turns a refusal of the token endpoint into an error that keeps the status, the request id and the reason.
 *
 * @param ofPage whether the token of a page was to be exchanged
 */
export function tokenRefusal({ answer, name, secrets }: Refusal, ofPage: boolean): LatchkeyError {
  const body = parseRedacted(answer.text, secrets);
  const reason = textAt(body, "error");
  const retryable = answer.status === 429 || answer.status >= 500;
  const known: Readonly<Record<string, string>> = ofPage ? PAGE_TOKEN_ADVICE : OAUTH_ADVICE;
  const advice = known[reason ?? ""] ?? (retryable ? ADVICE.server_error : undefined);
  const requestId = requestIdOf(answer.headers, secrets);
  const why = [reason, textAt(body, "error_description")];
  return new LatchkeyError(
    "token_request_failed",
    sentence({ name, status: answer.status, why, requestId, advice }),
    {
      status: answer.status,
      requestId,
      reason,
      body,
      retryable,
    },
  );
}

/** Turns a refusal of an API into an error with the code of its kind. */
export function apiRefusal({ answer, name, secrets }: Refusal): LatchkeyError {
  const body = parseRedacted(answer.text, secrets);
  const details = at(body, "details");
  const application = at(details, "applicationError");
  const violations = violationsIn(at(details, "validationError"));
  const reason = textAt(application, "code");
  const code = reason === "ENDPOINT_NOT_SERVED" ? "request_failed" : codeOf(answer.status, violations);
  const message = textAt(body, "message");
  const requestId = requestIdOf(answer.headers, secrets);
  const why = [message, ...(violations ?? []).map(({ field, description }) => `${field}: ${description}`)];
  return new LatchkeyError(
    code,
    sentence({ name, status: answer.status, why, requestId, advice: ADVICE[code] }),
    {
      status: answer.status,
      requestId,
      reason,
      permission: code === "permission_denied" ? permissionIn(application, message) : undefined,
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

interface Sentence {
  readonly name: string;
  readonly status: number;
  readonly why: readonly (string | undefined)[];
  readonly requestId: string | undefined;
  readonly advice: string | undefined;
}

function sentence({ name, status, why, requestId, advice }: Sentence): string {
  const reasons = why.filter((text) => text !== undefined && text !== "").join(": ");
  const said = redactLine(reasons, []).replace(/[.\s]+$/, "");
  const what = `${name} was refused with status ${status}${said === "" ? "" : ` (${said})`}`;
  const where = requestId === undefined ? "" : `, request id ${requestId}`;
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
