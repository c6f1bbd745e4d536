export type { EventLog, NewEvent } from "./events.store.ts";
export { createEventLog } from "./events.store.ts";
