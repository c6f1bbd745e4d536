import { type Clock, seconds } from "../clock/index.ts";

/** Counts calls against a limit, for each caller of its own. */
export interface RateLimiter {
  /** Calls a minute. */
  readonly limit: number;
  /** Takes one call. @returns 0 when it may go on, else after how many milliseconds the next one may */
  take(caller: string): number;
}

export interface RateLimiterOptions {
  readonly clock: Clock;
  /** Calls a minute, and how many of them may come at once. */
  readonly limit: number;
  /** How many callers are remembered at most; default 100,000. Above that the one that rested longest is forgotten. */
  readonly maxCallers?: number;
}

const windowMs = seconds(60);
// Times are sums of fractions of a millisecond.
const roundingMs = 0.5;

/**
 * A bucket of calls for each caller, refilled evenly: who has rested for a minute may make all its calls at once.
 *
 * Remembers one number for each caller of the last minute; a full bucket is nothing to remember.
 */
export function createRateLimiter({ clock, limit, maxCallers = 100_000 }: RateLimiterOptions): RateLimiter {
  const spacingMs = windowMs / limit;
  /** When each bucket will be full again, in epoch milliseconds; the caller that rested longest is the first. */
  const fullAt = new Map<string, number>();

  const forgetRested = (now: number): void => {
    for (const [caller, full] of fullAt) {
      if (full > now && fullAt.size <= maxCallers) return;
      fullAt.delete(caller);
    }
  };

  return {
    limit,
    take(caller) {
      const now = clock.now();
      const known = fullAt.get(caller) ?? now;
      const full = Math.min(Math.max(known, now), now + windowMs);
      // No bucket takes longer than the window to fill: the clock was set back.
      if (known > full) fullAt.set(caller, full);
      const next = full + spacingMs;
      const wait = next - now - windowMs;
      if (wait > roundingMs) return wait;
      fullAt.delete(caller);
      fullAt.set(caller, next);
      forgetRested(now);
      return 0;
    },
  };
}
