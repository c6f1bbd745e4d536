export { backfillRoutes, backfillStep } from "./backfills.ts";
export { resendingRoutes } from "./resending.routes.ts";
export type { EventSamples } from "./sample-payloads.ts";
