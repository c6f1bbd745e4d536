export { backfillStep } from "./backfills.queries.ts";
export { backfillRoutes } from "./backfills.routes.ts";
export { deliveryJobActions } from "./delivery-jobs.ts";
export { resendingRoutes } from "./resending.routes.ts";
export type { EventSamples } from "./sample-payloads.ts";
