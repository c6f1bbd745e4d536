import type { CountsTable } from "../../infrastructure/database/index.ts";
import { durationBounds } from "./metrics.ts";

/** One outcome over the points of a plot. Durations are absent for metrics that have none, and null where nothing was counted. */
export interface Series {
  readonly outcome: string;
  readonly total: number;
  readonly counts: number[];
  readonly averageMs?: (number | null)[];
  readonly p50Ms?: (number | null)[];
  readonly p95Ms?: (number | null)[];
}

/** Returns a series for each outcome of the rows, the most frequent first, with a value for each time of `at`. */
export function seriesOf(
  rows: readonly CountsTable[],
  { at, timed }: { at: readonly number[]; timed: boolean },
): Series[] {
  const byOutcome = Map.groupBy(rows, (row) => row.outcome);
  return Array.from(byOutcome, ([outcome, ofOutcome]) => {
    const byTime = new Map(ofOutcome.map((row) => [row.at, row]));
    const points = at.map((time) => byTime.get(time));
    const counts = points.map((row) => row?.requests ?? 0);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const show = (value: (row: CountsTable) => number) => points.map((row) => (row ? value(row) : null));
    const durations = {
      averageMs: show((row) => Math.round(row.duration_ms / row.requests)),
      p50Ms: show((row) => percentile(row, 0.5)),
      p95Ms: show((row) => percentile(row, 0.95)),
    };
    return { outcome, total, counts, ...(timed ? durations : {}) };
  }).sort((one, other) => other.total - one.total || (one.outcome < other.outcome ? -1 : 1));
}

/** The duration in milliseconds that a share of the requests did not exceed, estimated within its bounds; at most the last bound. */
export function percentile(row: CountsTable, share: number): number {
  const rank = Math.ceil(row.requests * share);
  let below = 0;
  let lower = 0;
  for (const bound of durationBounds) {
    const inside = row[`ms_${bound}`];
    if (below + inside >= rank) return Math.round(lower + ((bound - lower) * (rank - below)) / inside);
    below += inside;
    lower = bound;
  }
  return lower;
}
