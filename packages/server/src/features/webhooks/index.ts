export {
  type DeliveryPolicy,
  type DeliveryPolicyName,
  deliveryPolicies,
  deliveryPolicyNames,
  startDelivery,
} from "./delivery/index.ts";
export { housekeepingSteps } from "./housekeeping.ts";
export { ensureBuiltInEventTypes } from "./publishing/index.ts";
export { webhookResealSteps } from "./subscriptions/index.ts";
export { type WebhooksSurfaceSources, webhooksSurface } from "./webhooks-surface.ts";
