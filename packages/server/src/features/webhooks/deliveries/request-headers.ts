import type { WebhookFormat } from "@latchkey/protocol";

const contentTypes: Readonly<Record<WebhookFormat, string>> = {
  jwt: "text/plain; charset=utf-8",
  json: "application/json",
};

/** The headers of an attempt, without its signature. `at` is the time of the attempt in epoch milliseconds. */
export function requestHeaders(eventId: string, format: WebhookFormat, at: number): Record<string, string> {
  return {
    "content-type": contentTypes[format],
    "user-agent": "Latchkey-Webhooks",
    "webhook-id": eventId,
    "webhook-timestamp": String(Math.floor(at / 1_000)),
  };
}
