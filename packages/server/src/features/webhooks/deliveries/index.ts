export {
  cancelByIds,
  cancelDeliveries,
  countPending,
  countPendingByWebhook,
  type DeliveryWithEvent,
  firstDueTime,
  newDelivery,
  readDelivery,
} from "./deliveries.queries.ts";
export { deliveryFilters, deliveryItem, deliveryRoutes, showDelivery } from "./deliveries.routes.ts";
export type { DeliveryFaults, FaultyDelivery } from "./delivery-faults.ts";
export { hasBlockedDeliveries, liftInstallBarrier, unblockDeliveries } from "./install-barrier.queries.ts";
export { listDeliveries, selectDeliveries, selectUnended } from "./list-deliveries.queries.ts";
export {
  cancelForDeleted,
  pruneDeliveries,
  pruneDeliveriesAboveQuota,
  pruneEvents,
} from "./prune.queries.ts";
export { replay, requeue, selectForReplay } from "./replay.queries.ts";
export { requestHeaders } from "./request-headers.ts";
export { usageRoutes } from "./usage.routes.ts";
