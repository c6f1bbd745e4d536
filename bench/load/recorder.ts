import type { LoadResult } from "./job.ts";

/** Most requests one run may make. */
export const maxRequests = 1_000_000;

/** Collects what a run sees. */
export class Recorder {
  readonly #latencies = new Float64Array(maxRequests);
  #answers = 0;
  #failures = 0;
  #firstFailure: string | undefined;

  /** Answers and failures so far. */
  get requests(): number {
    return this.#answers + this.#failures;
  }

  get isFull(): boolean {
    return this.requests >= maxRequests;
  }

  answer(milliseconds: number): void {
    this.#latencies[this.#answers] = milliseconds;
    this.#answers += 1;
  }

  failure(what: string): void {
    this.#failures += 1;
    this.#firstFailure ??= what;
  }

  result(seconds: number): LoadResult {
    const sorted = this.#latencies.subarray(0, this.#answers).sort();
    const quantile = (q: number): number => sorted[Math.ceil(q * sorted.length) - 1] ?? Number.NaN;
    return {
      requests: this.requests,
      failures: this.#failures,
      ...(this.#firstFailure === undefined ? {} : { firstFailure: this.#firstFailure }),
      seconds,
      perSecond: this.#answers / seconds,
      p50Ms: quantile(0.5),
      p99Ms: quantile(0.99),
      maxMs: quantile(1),
    };
  }
}
