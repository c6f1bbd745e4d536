export { backfillRoutes, backfillStep } from "./backfills.ts";
export { resendingRoutes } from "./resending.routes.ts";
