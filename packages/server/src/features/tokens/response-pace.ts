import { createCache } from "../../infrastructure/cache/index.ts";
import { monotonicSeconds, pause } from "../../infrastructure/clock/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";

/** Time in seconds. Tests replace it. */
export interface PaceTime {
  now(): number;
  pause(seconds: number): Promise<void>;
}

interface AppPace {
  /** When the next call may begin, in seconds. */
  next: number;
  /** Bytes of the last response: what the next one is expected to have. */
  lastBytes: number;
  waiting: number;
}

/** Bytes of responses that an app may cause in a second, in each process. */
const bytesPerSecond = 16 * 1_048_576;
/** Seconds of this rate that an app may use at once. */
const burstSeconds = 0.25;
const maxWaiting = 200;
const maxRememberedApps = 10_000;

/** Limits the bytes of API responses of each app: calls of an app that causes more wait. */
export class ResponsePace {
  readonly #apps = createCache<string, AppPace>({ maxEntries: maxRememberedApps });
  readonly #time: PaceTime;

  constructor(time: PaceTime = { now: monotonicSeconds, pause }) {
    this.#time = time;
  }

  /**
   * Runs a call of an app when its pace allows it, and counts the bytes of its response.
   *
   * Throws `RESOURCE_EXHAUSTED` when 200 calls of the app wait, and the reason of `signal` when the client has left.
   */
  async run(appId: string, signal: AbortSignal, call: () => Promise<Response>): Promise<Response> {
    const app = this.#apps.getOrCreate(appId, () => ({ next: 0, lastBytes: 0, waiting: 0 }));
    if (app.next > this.#time.now()) await this.#wait(app, signal);
    const expected = app.lastBytes;
    this.#count(app, expected);
    const response = await call();
    app.lastBytes = Number(response.headers.get("content-length"));
    this.#count(app, app.lastBytes - expected);
    return response;
  }

  async #wait(app: AppPace, signal: AbortSignal): Promise<void> {
    if (app.waiting >= maxWaiting) throw tooManyWaiting();
    app.waiting += 1;
    try {
      for (let wait = app.next - this.#time.now(); wait > 0; wait = app.next - this.#time.now()) {
        await this.#time.pause(Math.min(wait, 1));
        signal.throwIfAborted();
      }
    } finally {
      app.waiting -= 1;
    }
  }

  #count(app: AppPace, bytes: number): void {
    const earliest = this.#time.now() - burstSeconds;
    app.next = Math.max(app.next, earliest) + bytes / bytesPerSecond;
  }
}

function tooManyWaiting(): ApiError {
  return new ApiError("RESOURCE_EXHAUSTED", {
    message: `The responses of this app have more than ${bytesPerSecond / 1_048_576} MiB a second; send fewer calls at once.`,
    headers: { "retry-after": "1" },
    reason: "rate_limited",
  });
}
