export {
  cancelDeliveries,
  countPending,
  countPendingByWebhook,
  type DeliveryWithEvent,
  firstDueTime,
  newDelivery,
  readDelivery,
} from "./deliveries.queries.ts";
export { deliveryItem, deliveryRoutes, showDelivery } from "./deliveries.routes.ts";
export { hasBlockedDeliveries, liftInstallBarrier, unblockDeliveries } from "./install-barrier.queries.ts";
export {
  cancelForDeleted,
  pruneDeliveries,
  pruneDeliveriesAboveQuota,
  pruneEvents,
} from "./prune.queries.ts";
export { replay, requeue } from "./replay.queries.ts";
export { usageRoutes } from "./usage.routes.ts";
