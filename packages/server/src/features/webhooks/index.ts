export {
  type DeliveryPolicy,
  type DeliveryPolicyName,
  deliveryPolicies,
  deliveryPolicyNames,
  startDelivery,
} from "./dispatch/index.ts";
export { ensureBuiltInEventTypes } from "./publishing/index.ts";
export { webhookResealSteps } from "./subscriptions/index.ts";
export { webhookMaintenanceSteps } from "./webhook-maintenance.ts";
export { type WebhookManagementDependencies, webhookManagementRoutes } from "./webhook-management.ts";
