export { excerpt, withoutCredentials } from "./excerpt.ts";
export { createLog, describeError, type Log, type LogOptions, logFormats } from "./log.ts";
export { maintenanceFailureHandler } from "./maintenance-failures.ts";
export { createMetrics, type Metrics, measure, sameEverywhere, startAtZero } from "./metrics.ts";
export { createSampledWarnings, type Warn } from "./sampled-warnings.ts";
export { type OutgoingRequest, tracePost, traceparent, traceRequest } from "./tracing.ts";
export { version } from "./version.ts";
