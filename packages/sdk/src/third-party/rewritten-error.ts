import type { LatchkeyError } from "../errors.ts";

/**
 * Protects an error from third-party modules, which read `response` and then overwrite members of the error. Only
 * their member `details` takes effect; code, status, request ID and message stay unchanged.
 */
export function keepThroughRewriting(error: LatchkeyError): LatchkeyError {
  const { code, message, requestId, status } = error;
  const hasResponse = status !== undefined && code !== "token_request_failed";
  return Object.defineProperties(error, {
    code: unwritable(code),
    status: unwritable(status),
    requestId: unwritable(requestId),
    message: { ...unwritable(message), enumerable: false },
    runtimeError: unwritable(undefined),
    ...(hasResponse
      ? { response: { value: { status, data: responseBody(error) }, configurable: true } }
      : {}),
  });
}

/** A property that silently ignores assignments. */
function unwritable(value: unknown): PropertyDescriptor {
  return { get: () => value, set: () => undefined, enumerable: value !== undefined, configurable: true };
}

/**
 * Returns the response body. Without an error code in the body, the status is the code, as in the third-party client.
 */
function responseBody({ body, message, status }: LatchkeyError): unknown {
  const details = membersOf(membersOf(body).details);
  const named = "applicationError" in details || "validationError" in details;
  const unnamed = { applicationError: { code: status, description: message, data: {} } };
  return { message, ...membersOf(body), details: named ? details : unnamed };
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
