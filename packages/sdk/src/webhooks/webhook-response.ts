import { LatchkeyError, type LatchkeyErrorCode } from "../errors.ts";
import { callBack } from "../reports/call-back.ts";
import type { WebhookEvent } from "./webhook-event.ts";
import type { WebhookOptions, WebhookReceiver } from "./webhooks.ts";

/** Handles a webhook. The status of the response decides whether the platform retries. */
export async function respondToWebhook(
  { dispatch, webhooks }: WebhookReceiver,
  options: WebhookOptions,
  jwt: string,
): Promise<Response> {
  let event: WebhookEvent;
  try {
    event = await webhooks.parseJWT(jwt);
  } catch (error) {
    return errorResponseFor(error);
  }
  const handling = dispatch(event).then(
    () => undefined,
    async (error: unknown) => {
      if (!LatchkeyError.is(error, "delivery_in_progress")) await report(options, error, event);
      return error;
    },
  );
  if (options.ack === "before") {
    options.waitUntil?.(handling);
    return jsonResponse(200, {});
  }
  const error = await handling;
  if (error === undefined) return jsonResponse(200, {});
  // The response does not contain the error.
  return LatchkeyError.is(error, "delivery_in_progress")
    ? jsonResponse(503, {}, { "retry-after": "60" })
    : jsonResponse(500, {});
}

const unauthorizedCodes: ReadonlySet<LatchkeyErrorCode> = new Set([
  "invalid_delivery",
  "invalid_instance_parameter",
  "invalid_access_token",
]);

/** Returns the response for the error of a check. Errors that are not of this package are printed. */
export function errorResponseFor(error: unknown): Response {
  if (!LatchkeyError.is(error)) {
    console.error(error);
    return jsonResponse(500, {});
  }
  const { code, message, reason, retryable } = error;
  const body = { error: code, ...(reason === undefined ? {} : { reason }), error_description: message };
  if (unauthorizedCodes.has(code)) return jsonResponse(401, body);
  if (code === "body_already_read") return jsonResponse(400, body);
  if (code === "body_too_large") return jsonResponse(413, body);
  if (code === "not_implemented") return jsonResponse(404, body);
  // The response does not contain errors of the app itself.
  return jsonResponse(retryable ? 503 : 500, {});
}

function report({ onError }: WebhookOptions, error: unknown, event: WebhookEvent): Promise<void> {
  return callBack(() => {
    if (onError !== undefined) return onError(error, event);
    console.error(`A handler of ${event.eventType} failed. The platform delivers the event again.`, error);
  });
}

function jsonResponse(
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json(body, { status, headers });
}
