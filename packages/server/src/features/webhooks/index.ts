export {
  type DeliveryPolicy,
  type DeliveryPolicyName,
  deliveryPolicies,
  deliveryPolicyNames,
  startDelivery,
} from "./delivery/index.ts";
export { housekeepingSteps } from "./housekeeping.ts";
export { builtInEventTypes, ensureEventTypes, isReserved } from "./publishing/index.ts";
export type { EventSamples } from "./resending/index.ts";
export { webhookResealSteps } from "./subscriptions/index.ts";
export { type WebhooksSurfaceSources, webhooksSurface } from "./webhooks-surface.ts";
