import type { DurationBound } from "../../infrastructure/database/index.ts";

/**
 * What is counted by app, minute and outcome. `tokens` are token requests: `issued`, or the reason of the refusal.
 * `apiCalls` are calls with an access token: the class of the status such as `2xx`, or `refused`. The others are attempts
 * to deliver events, and calls of service plugins, with the outcomes of their logs.
 */
export const countedMetrics = ["tokens", "apiCalls", "deliveries", "pluginCalls"] as const;

export type CountedMetric = (typeof countedMetrics)[number];

/** Whether the durations of a metric are counted too. */
export function isTimed(metric: CountedMetric): boolean {
  return metric === "deliveries" || metric === "pluginCalls";
}

/** Upper bounds of durations in milliseconds, shortest first. */
export const durationBounds: readonly DurationBound[] = [5, 25, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];
