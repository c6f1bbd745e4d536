export { watchClockSkew } from "./clock-skew.queries.ts";
export { measureState } from "./state-metrics.ts";
