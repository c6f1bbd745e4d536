/** The headers of an attempt, without its signature. `at` is the time of the attempt in epoch milliseconds. */
export function requestHeaders(eventId: string, at: number): Record<string, string> {
  return {
    "content-type": "text/plain; charset=utf-8",
    "user-agent": "Latchkey-Webhooks",
    "webhook-id": eventId,
    "webhook-timestamp": String(Math.floor(at / 1_000)),
  };
}
