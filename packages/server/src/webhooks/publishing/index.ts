export { eventTypeName, eventTypeRoutes } from "./event-types.routes.ts";
export { ensureBuiltInEventTypes, readEventType } from "./event-types.store.ts";
export { eventRoutes } from "./events.routes.ts";
