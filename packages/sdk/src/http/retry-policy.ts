import { LatchkeyError } from "../errors.ts";
import { sleep } from "./abort.ts";
import type { Network } from "./attempt.ts";

/** How often a request may be sent in all. */
const maxAttempts = 3;
/** The longest time, in milliseconds, that a server's `Retry-After` is obeyed. */
const maxRetryAfterMs = 60_000;

const firstBackoffMs = 250;
const retryableStatuses: readonly number[] = [408, 500, 502, 503, 504];

/** What one try ended in: an response, or an error thrown. */
export type Outcome = { readonly status: number; readonly headers: Headers } | { readonly error: unknown };

/** What the policy looks at. */
export interface RetryInput {
  readonly outcome: Outcome;
  /** How often it was sent so far, from 1. */
  readonly attempts: number;
  /** Whether doing it twice does what doing it once does. */
  readonly idempotent: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
  /** At least 0, less than 1. */
  readonly random: number;
}

/**
 * Decides whether a request is sent again: after 429 and after 503 with `Retry-After` always, since the server
 * did nothing; after time-outs, network errors and other 5xx only when a repeat does no harm.
 *
 * @returns milliseconds to wait before the next try, or undefined to give up
 */
export function retryDelay(input: RetryInput): number | undefined {
  if (input.attempts >= maxAttempts) return undefined;
  const backoff = input.random * firstBackoffMs * 2 ** (input.attempts - 1);
  if ("error" in input.outcome) {
    const unknownOutcome =
      LatchkeyError.is(input.outcome.error, "timeout") || LatchkeyError.is(input.outcome.error, "network");
    return unknownOutcome && input.idempotent ? backoff : undefined;
  }
  const { status, headers } = input.outcome;
  const retryAfter = retryAfterMs(headers.get("retry-after"), input.now);
  const notProcessed = status === 429 || (status === 503 && retryAfter !== undefined);
  if (!notProcessed && !(input.idempotent && retryableStatuses.includes(status))) return undefined;
  return (retryAfter ?? 0) + backoff;
}

/** Milliseconds that a `Retry-After` header asks to wait (RFC 9110 section 10.2.3), at most a minute. */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  // Date.parse takes a bare number for a year.
  const date = /^[A-Z]/i.test(header) ? Date.parse(header) : Number.NaN;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : date - now;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), maxRetryAfterMs);
}

/** What matters about a request that may be sent several times. */
export interface Repeatable<Result> {
  readonly idempotent: boolean;
  readonly signal: AbortSignal | undefined;
  /** Lets go of an response that nobody will read. */
  readonly discard?: (response: Result) => void;
}

/** Sends a request until it succeeds or {@link retryDelay} gives up; the last response or error is the result. */
export async function sendWithRetries<Result extends { readonly status: number; readonly headers: Headers }>(
  network: Network,
  { discard, idempotent, signal }: Repeatable<Result>,
  send: () => Promise<Result>,
): Promise<Result> {
  const delayAfter = (outcome: Outcome, attempts: number): number | undefined =>
    retryDelay({ outcome, attempts, idempotent, now: network.clock.now(), random: network.random() });
  for (let attempts = 1; ; attempts += 1) {
    let delay: number | undefined;
    try {
      const response = await send();
      if (response.status < 400) return response;
      delay = delayAfter(response, attempts);
      if (delay === undefined) return response;
      discard?.(response);
    } catch (error) {
      delay = delayAfter({ error }, attempts);
      if (delay === undefined) throw error;
    }
    await sleep(network.clock, delay, signal);
  }
}
