export { type EventType, eventTypes } from "./event-types.ts";
export type { EventIdentity, EventLog, NewEvent } from "./events.store.ts";
export { createEventLog } from "./events.store.ts";
