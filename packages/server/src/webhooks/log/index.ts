export { deliveryItem, deliveryRoutes, showDelivery } from "./deliveries.routes.ts";
export { cancelDeliveries, pendingOf, readDelivery } from "./deliveries.store.ts";
export { cancelForDeleted, pruneDeliveries, pruneEvents } from "./prune.store.ts";
export { queueAnew, replay } from "./replay.store.ts";
