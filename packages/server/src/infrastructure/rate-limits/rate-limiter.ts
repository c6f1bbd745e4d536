import { type Clock, seconds } from "../clock/index.ts";

/** Limits the calls of each caller. */
export interface RateLimiter {
  /** Calls a minute. */
  readonly limit: number;
  /** Counts a call. Returns 0 when it is allowed, else the milliseconds until the next call is allowed. */
  take(caller: string): number;
}

export interface RateLimiterOptions {
  readonly clock: Clock;
  /** Calls a minute. All of them may come at once. */
  readonly limit: number;
  /** Default 100,000. Above that, the caller whose last call is oldest is dropped. */
  readonly maxCallers?: number;
}

const windowMs = seconds(60);
// For rounding errors: times are sums of fractions of a millisecond.
const roundingMs = 0.5;

/**
 * A token bucket for each caller, refilled evenly within a minute. Only buckets that are not full are stored. This is not
 * a cache: a dropped entry would allow more calls, so entries are dropped by time and not by use.
 */
export function createRateLimiter({ clock, limit, maxCallers = 100_000 }: RateLimiterOptions): RateLimiter {
  const spacingMs = windowMs / limit;
  /** The time when each bucket is full again, in epoch milliseconds; the oldest last call comes first. */
  const fullAt = new Map<string, number>();

  const dropFullBuckets = (now: number): void => {
    for (const [caller, full] of fullAt) {
      if (full > now && fullAt.size <= maxCallers) return;
      fullAt.delete(caller);
    }
  };

  return {
    limit,
    take(caller) {
      const now = clock.now();
      const stored = fullAt.get(caller) ?? now;
      const full = Math.min(Math.max(stored, now), now + windowMs);
      // A later time than that means that the clock was set back.
      if (stored > full) fullAt.set(caller, full);
      const next = full + spacingMs;
      const wait = next - now - windowMs;
      if (wait > roundingMs) return wait;
      fullAt.delete(caller);
      fullAt.set(caller, next);
      dropFullBuckets(now);
      return 0;
    },
  };
}
