export { createDeliveryReports } from "./refused-deliveries.ts";
export { createSubscriptionReports } from "./unsubscribed-events.ts";
