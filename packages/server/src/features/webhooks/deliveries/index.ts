export { cancelDeliveries, pendingOf, readDelivery } from "./deliveries.queries.ts";
export { deliveryItem, deliveryRoutes, showDelivery } from "./deliveries.routes.ts";
export { endIntroductions, hasWaitingDeliveries, releaseIntroduced } from "./install-barrier.queries.ts";
export { cancelForDeleted, pruneDeliveries, pruneEvents } from "./prune.queries.ts";
export { queueAnew, replay } from "./replay.queries.ts";
