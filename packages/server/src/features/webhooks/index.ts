export { type DeliveryFaults, type FaultyDelivery, listDeliveries } from "./deliveries/index.ts";
export {
  attemptOutcomes,
  type DeliveryPolicy,
  type DeliveryPolicyName,
  deliveryPolicies,
  deliveryPolicyNames,
  readBacklog,
} from "./dispatch/index.ts";
export { listUnhealthyWebhooks } from "./endpoint-health/index.ts";
export { builtInEventTypes, ensureEventTypes, isReserved } from "./publishing/index.ts";
export { deliveryJobActions, type EventSamples } from "./resending/index.ts";
export { startWebhooks } from "./start-webhooks.ts";
export { webhookResealSteps } from "./subscriptions/index.ts";
export { webhookMaintenanceSteps } from "./webhook-maintenance.ts";
export { type WebhookManagementDependencies, webhookManagementRoutes } from "./webhook-management.ts";
