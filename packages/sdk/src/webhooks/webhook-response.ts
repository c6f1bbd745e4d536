import { LatchkeyError, type LatchkeyErrorCode } from "../errors.ts";
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

/** Returns the response for an error. */
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
  // Errors of the app itself are only logged, not returned.
  console.error(error);
  return jsonResponse(retryable ? 503 : 500, {});
}

async function report(options: WebhookOptions, error: unknown, event: WebhookEvent): Promise<void> {
  try {
    if (options.onError !== undefined) await options.onError(error, event);
    else
      console.error(`A handler of ${event.eventType} failed. The platform delivers the event again.`, error);
  } catch (second) {
    console.error(second);
  }
}

function jsonResponse(
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json(body, { status, headers });
}
