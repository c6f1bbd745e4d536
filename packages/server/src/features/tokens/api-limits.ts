import type { Clock } from "../../infrastructure/clock/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { createRateLimiter, type RateLimiter } from "../../infrastructure/rate-limits/index.ts";

/** A search counts as one call for each 50 milliseconds. */
const searchMsPerCall = 50;

interface Caller {
  readonly appId: string;
  readonly instanceId: string;
}

/** Calls a minute. Default for each: no limit. */
export interface ApiRateLimits {
  readonly instance?: number | undefined;
  readonly app?: number | undefined;
}

/** Limits the API calls of each instance and of each app. A search that takes long counts like several calls. */
export class ApiLimits {
  readonly #instances: RateLimiter | undefined;
  readonly #apps: RateLimiter | undefined;

  constructor(clock: Clock, { app, instance }: ApiRateLimits) {
    this.#instances = instance === undefined ? undefined : createRateLimiter({ clock, limit: instance });
    this.#apps = app === undefined ? undefined : createRateLimiter({ clock, limit: app });
  }

  /** Counts a call, whatever its outcome. Throws `RESOURCE_EXHAUSTED`. */
  take({ appId, instanceId }: Caller): void {
    if (this.#instances !== undefined) takeCall(this.#instances, instanceId, "instance");
    if (this.#apps !== undefined) takeCall(this.#apps, appId, "app");
  }

  /** Counts the time of the searches of a call, in milliseconds. */
  searched({ appId, instanceId }: Caller, ms: number): void {
    const calls = Math.floor(ms / searchMsPerCall);
    this.#instances?.charge(instanceId, calls);
    this.#apps?.charge(appId, calls);
  }
}

function takeCall(limiter: RateLimiter, caller: string, what: "instance" | "app"): void {
  const waitMs = limiter.take(caller);
  if (waitMs === 0) return;
  const retryAfter = Math.ceil(waitMs / 1_000);
  throw new ApiError("RESOURCE_EXHAUSTED", {
    message: `This ${what} may make ${limiter.limit} calls a minute; the next one may come in ${retryAfter} s.`,
    data: { callsPerMinute: limiter.limit },
    headers: { "retry-after": String(retryAfter) },
    reason: "rate_limited",
  });
}
