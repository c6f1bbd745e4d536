import type { LoadGenerator } from "./load.ts";
import type { Report } from "./report.ts";

/** How long measuring takes. Every figure is the median of its rounds. */
export interface Pace {
  readonly rounds: number;
  readonly seconds: number;
  /** Before the first round of each subject, to compile code and fill caches. */
  readonly warmUpSeconds: number;
}

/** The pace of published figures. */
export const fullPace: Pace = { rounds: 11, seconds: 2, warmUpSeconds: 6 };
/** Shows that a benchmark runs; its figures vary a lot. */
export const quickPace: Pace = { rounds: 2, seconds: 1, warmUpSeconds: 1 };

/** The dependencies of a benchmark. */
export interface Bench {
  readonly generator: LoadGenerator;
  readonly pace: Pace;
  readonly isQuick: boolean;
  readonly report: Report;
}

/** Measures and reports; throws only when it cannot measure. */
export type Benchmark = (bench: Bench) => Promise<void>;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Median of the quotients of two series, round by round, so that a slow round affects both. */
export function medianRatio(values: readonly number[], others: readonly number[]): number {
  return median(values.map((value, index) => value / (others[index] ?? Number.NaN)));
}
