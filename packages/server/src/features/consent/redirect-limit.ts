import type { Clock } from "../../infrastructure/clock/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { createRateLimiter, type RateLimiter } from "../../infrastructure/rate-limits/index.ts";

const perMinute = 200;

/** Limits how often a page sends an account to apps, because most of these redirects store a token or a code. */
export class RedirectLimit {
  readonly #limiter: RateLimiter;

  constructor(clock: Clock) {
    this.#limiter = createRateLimiter({ clock, limit: perMinute });
  }

  /** Throws `RESOURCE_EXHAUSTED`. */
  count(accountId: string): void {
    const seconds = Math.ceil(this.#limiter.take(accountId) / 1_000);
    if (seconds > 0) throw new ApiError("RESOURCE_EXHAUSTED", { headers: { "retry-after": `${seconds}` } });
  }
}
