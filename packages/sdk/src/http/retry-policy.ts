import { LatchkeyError } from "../errors.ts";
import { sleep } from "./abort.ts";
import type { Network } from "./attempt.ts";

/** The maximum number of attempts. */
const maxAttempts = 3;
/** The longest accepted `Retry-After`, in milliseconds. */
const maxRetryAfterMs = 60_000;

const firstBackoffMs = 250;
const retryableStatuses: readonly number[] = [408, 500, 502, 503, 504];

/** The outcome of an attempt: a response or an error. */
export type Outcome = { readonly status: number; readonly headers: Headers } | { readonly error: unknown };

/** The input of {@link retryDelay}. */
export interface RetryInput {
  readonly outcome: Outcome;
  /** The number of attempts so far, at least 1. */
  readonly attempts: number;
  /** Whether the request can be repeated safely. */
  readonly idempotent: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
  /** A number from 0 to less than 1. */
  readonly random: number;
}

/**
 * Decides whether to retry. 429, and 503 with `Retry-After`, are always retried, because the server did not process
 * the request. Timeouts, network errors and other 5xx are retried only for idempotent requests.
 *
 * @returns the delay in milliseconds, or undefined for no retry
 */
export function retryDelay(input: RetryInput): number | undefined {
  if (input.attempts >= maxAttempts) return undefined;
  const backoff = input.random * firstBackoffMs * 2 ** (input.attempts - 1);
  if ("error" in input.outcome) {
    const { error } = input.outcome;
    const unknownOutcome = LatchkeyError.is(error, "timeout") || LatchkeyError.is(error, "network");
    return unknownOutcome && error.retryable && input.idempotent ? backoff : undefined;
  }
  const { status, headers } = input.outcome;
  const retryAfter = retryAfterMs(headers.get("retry-after"), input.now);
  const notProcessed = status === 429 || (status === 503 && retryAfter !== undefined);
  if (!notProcessed && !(input.idempotent && retryableStatuses.includes(status))) return undefined;
  return (retryAfter ?? 0) + backoff;
}

/** Parses a `Retry-After` header (RFC 9110 section 10.2.3). Returns milliseconds, at most one minute. */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  // Date.parse would read a plain number as a year.
  const date = /^[A-Z]/i.test(header) ? Date.parse(header) : Number.NaN;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : date - now;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), maxRetryAfterMs);
}

/** A request that can be sent several times. */
export interface Repeatable<Result> {
  readonly idempotent: boolean;
  readonly signal: AbortSignal | undefined;
  /** Releases a response that is not returned. */
  readonly discard?: (response: Result) => void;
}

/**
 * Sends a request until it succeeds or {@link retryDelay} returns undefined. Returns the last response or throws the
 * last error.
 */
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
