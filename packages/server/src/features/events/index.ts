export { type EventType, eventTypes, planEvents } from "./event-types.ts";
export type { EventLog, NewEvent } from "./events.queries.ts";
export { createEventLog } from "./events.queries.ts";
