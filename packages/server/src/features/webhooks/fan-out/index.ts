export { type FanOutDependencies, fanOut } from "./fan-out.ts";
export { readOldestPending } from "./pending-events.queries.ts";
export { PendingLimits } from "./pending-limits.ts";
export { SubscriberReader } from "./recipients.queries.ts";
