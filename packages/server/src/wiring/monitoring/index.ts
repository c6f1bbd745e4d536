export { watchClockSkew } from "./clock-skew.queries.ts";
export { platformHealthRoute } from "./platform-health.routes.ts";
export { measureState } from "./state-metrics.ts";
