export type { Log, LogOptions } from "./log.ts";
export { createLog, describeError, logFormats } from "./log.ts";
export type { Metrics } from "./metrics.ts";
export { createMetrics, measure, sameEverywhere, startAtZero } from "./metrics.ts";
export { createSampledWarnings, type Warn } from "./sampled-warnings.ts";
export { type OutgoingRequest, tracePost, traceparent, traceRequest } from "./tracing.ts";
export { version } from "./version.ts";
