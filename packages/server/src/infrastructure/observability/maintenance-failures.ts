import { describeError, type Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";

/** Returns a function that logs and counts a failure of background work. */
export function maintenanceFailureHandler(
  { log, metrics }: { log: Log; metrics: Metrics },
  work: string,
): (error: unknown) => void {
  return (error) => {
    log.warn({ ...describeError(error), work }, "maintenance failed");
    metrics.maintenanceFailures.inc({ work });
  };
}
