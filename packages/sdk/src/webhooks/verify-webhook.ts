import { webhookType } from "@latchkey/protocol";
import { type ExpectedJwt, verifyJwt } from "../keys/verify-jwt.ts";
import { readEvent, type WebhookEvent } from "./webhook-event.ts";

/**
 * Verifies the JWT of a webhook and reads its event.
 *
 * @throws {LatchkeyError} `invalid_delivery`, `missing_public_key`, `invalid_public_key`
 */
export async function verifyWebhook(
  jwt: string,
  expected: Omit<ExpectedJwt, "what" | "type">,
): Promise<WebhookEvent> {
  return readEvent(await verifyJwt(jwt, { ...expected, what: "webhook", type: webhookType }));
}
