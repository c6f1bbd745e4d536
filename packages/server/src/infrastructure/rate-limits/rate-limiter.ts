import { type Clock, seconds } from "../clock/index.ts";

/** Limits the calls of each caller. */
export interface RateLimiter {
  /** Calls in the period. */
  readonly limit: number;
  /** Counts a call. Returns 0 when it is allowed, else the milliseconds until the next call is allowed. */
  take(caller: string): number;
  /** Adds calls to the count of a caller, which then waits for one period at most. A negative number takes calls back. */
  charge(caller: string, calls: number): void;
}

export interface RateLimiterOptions {
  readonly clock: Clock;
  /** Calls in the period. All of them may come at once. */
  readonly limit: number;
  /** In milliseconds. Default: one minute. */
  readonly period?: number;
  /** Default 100,000. Above that, the caller whose last call is oldest is dropped. */
  readonly maxCallers?: number;
}

// Allows for rounding errors, because times are sums of fractions of a millisecond.
const roundingMs = 0.5;

/**
 * A token bucket for each caller, refilled evenly within the period. Only buckets that are not full are stored. This is not
 * a cache: a dropped entry would allow more calls, so entries are dropped by time and not by use.
 */
export function createRateLimiter(options: RateLimiterOptions): RateLimiter {
  const { clock, limit, maxCallers = 100_000, period: windowMs = seconds(60) } = options;
  const spacingMs = windowMs / limit;
  /** The time when each bucket is full again, in epoch milliseconds; the oldest last call comes first. */
  const fullAt = new Map<string, number>();

  const dropFullBuckets = (now: number): void => {
    for (const [caller, full] of fullAt) {
      if (full > now && fullAt.size <= maxCallers) return;
      fullAt.delete(caller);
    }
  };

  const store = (caller: string, full: number, now: number): void => {
    fullAt.delete(caller);
    fullAt.set(caller, full);
    dropFullBuckets(now);
  };
  let latest = 0;
  /** Returns the time, and when the bucket of a caller is full again. A clock that was set back empties the store. */
  const read = (caller: string): { now: number; full: number } => {
    const now = clock.now();
    if (now < latest - windowMs) fullAt.clear();
    latest = now;
    return { now, full: Math.max(fullAt.get(caller) ?? now, now) };
  };

  return {
    limit,
    take(caller) {
      const { full, now } = read(caller);
      const next = full + spacingMs;
      const wait = next - now - windowMs;
      if (wait > roundingMs) return wait;
      store(caller, next, now);
      return 0;
    },
    charge(caller, calls) {
      if (calls === 0) return;
      const { full, now } = read(caller);
      store(caller, Math.min(full + calls * spacingMs, now + 2 * windowMs), now);
    },
  };
}
