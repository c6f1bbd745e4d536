import type { LatchkeyError } from "../errors.ts";

/**
 * Makes an error fit for third-party modules: they read the platform's response in `response`, and then write what they
 * made of it, and a reference to the error itself, over the properties of the error. Only their `details` are kept.
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

/** A property that takes assignments without an effect and without an error. */
function unwritable(value: unknown): PropertyDescriptor {
  return { get: () => value, set: () => undefined, enumerable: value !== undefined, configurable: true };
}

/** The body of the response; like the third-party client, with a code for the status where the platform names none. */
function responseBody({ body, message, status }: LatchkeyError): unknown {
  const details = membersOf(membersOf(body).details);
  const named = "applicationError" in details || "validationError" in details;
  const unnamed = { applicationError: { code: status, description: message, data: {} } };
  return { message, ...membersOf(body), details: named ? details : unnamed };
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
