import type { LoadResult } from "./job.ts";

/** The maximum number of requests of a run. */
export const maxRequests = 1_000_000;

/** Collects the latencies and failures of a run. */
export class Recorder {
  readonly #latencies = new Float64Array(maxRequests);
  #responses = 0;
  #failures = 0;
  #firstFailure: string | undefined;

  /** Responses and failures so far. */
  get requests(): number {
    return this.#responses + this.#failures;
  }

  get isFull(): boolean {
    return this.requests >= maxRequests;
  }

  response(milliseconds: number): void {
    this.#latencies[this.#responses] = milliseconds;
    this.#responses += 1;
  }

  failure(what: string): void {
    this.#failures += 1;
    this.#firstFailure ??= what;
  }

  result(seconds: number): LoadResult {
    const sorted = this.#latencies.subarray(0, this.#responses).sort();
    const quantile = (q: number): number => sorted[Math.ceil(q * sorted.length) - 1] ?? Number.NaN;
    return {
      requests: this.requests,
      failures: this.#failures,
      ...(this.#firstFailure === undefined ? {} : { firstFailure: this.#firstFailure }),
      seconds,
      perSecond: this.#responses / seconds,
      p50Ms: quantile(0.5),
      p99Ms: quantile(0.99),
      maxMs: quantile(1),
    };
  }
}
