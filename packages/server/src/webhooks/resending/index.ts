export { backfillRoutes, backfillStep } from "./backfills.ts";
export { type ResendingSources, resendingRoutes } from "./resending.routes.ts";
