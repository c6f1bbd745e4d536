export { type FanOutDependencies, fanOut } from "./fan-out.ts";
export { SubscriberReader } from "./recipients.queries.ts";
