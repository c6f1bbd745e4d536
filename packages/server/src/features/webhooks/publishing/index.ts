export { builtInEventTypes, isPublishedByPlatform, isReserved } from "./built-in-event-types.ts";
export { ensureEventTypes, readEventType } from "./event-types.queries.ts";
export { eventTypeName, eventTypeRoutes } from "./event-types.routes.ts";
export { eventRoutes } from "./events.routes.ts";
