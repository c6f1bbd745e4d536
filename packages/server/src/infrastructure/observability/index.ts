export type { Log } from "./log.ts";
export { createLog, describeError } from "./log.ts";
export type { Metrics } from "./metrics.ts";
export { createMetrics } from "./metrics.ts";
export { createSampledWarnings, type Warn } from "./sampled-warnings.ts";
