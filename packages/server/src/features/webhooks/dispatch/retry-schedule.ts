import { seconds } from "../../../infrastructure/clock/index.ts";
import { type DeliveryPolicy, maxRetryAfter } from "./delivery-policies.ts";

/**
 * When the next attempt is due after a failure, in epoch milliseconds; undefined after the last one.
 *
 * @param failure number of failed attempts, time of the failure, and the `Retry-After` header of the response
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
  const requested = policy.honoursRetryAfter ? parseRetryAfter(failure.retryAfter, failure.now) : 0;
  return failure.now + Math.max(scheduled, requested);
}

/** Delay in milliseconds (RFC 9110 section 10.2.3), at most one day; 0 without a valid header. */
function parseRetryAfter(text: string | undefined, now: number): number {
  if (text === undefined) return 0;
  const delay = /^\d{1,9}$/.test(text) ? seconds(Number(text)) : Date.parse(text) - now;
  return Number.isNaN(delay) ? 0 : Math.min(Math.max(delay, 0), maxRetryAfter);
}
