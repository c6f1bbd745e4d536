import { seconds } from "../../../infrastructure/clock/index.ts";
import { type DeliveryPolicy, longestRetryAfter } from "./delivery-policies.ts";

/**
 * When the next attempt is due after a failure, in epoch milliseconds; undefined when there is none.
 *
 * @param failure how many attempts have failed, when, and what the endpoint said about the next one
 * @param random from 0 to 1
 */
export function nextAttemptAt(
  policy: DeliveryPolicy,
  failure: { readonly attempts: number; readonly now: number; readonly retryAfter: string | undefined },
  random: number,
): number | undefined {
  const delay = policy.delays[failure.attempts - 1];
  if (delay === undefined) return undefined;
  const scheduled = Math.round(delay * (1 + policy.jitter * random));
  const asked = policy.listens ? readRetryAfter(failure.retryAfter, failure.now) : 0;
  return failure.now + Math.max(scheduled, asked);
}

/** Milliseconds to wait (RFC 9110 section 10.2.3), within bounds; 0 when nothing that is understood was said. */
function readRetryAfter(text: string | undefined, now: number): number {
  if (text === undefined) return 0;
  const asked = /^\d{1,9}$/.test(text) ? seconds(Number(text)) : Date.parse(text) - now;
  return Number.isNaN(asked) ? 0 : Math.min(Math.max(asked, 0), longestRetryAfter);
}
