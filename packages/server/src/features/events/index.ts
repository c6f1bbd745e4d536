export { type EntityEvent, eventTypeOf, wrapInEnvelope } from "./entity-envelope.queries.ts";
export { pruneEventUsage, readEventBytes } from "./event-quota.queries.ts";
export { type EventType, eventTypes, planEvents } from "./event-types.ts";
export { EventLog, type NewEvent } from "./events.queries.ts";
