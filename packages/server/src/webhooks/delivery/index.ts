export { type DeliveryEngine, type DeliverySources, startDelivery } from "./engine.ts";
export { type HoldReason, holdWebhook, releaseWebhook } from "./hold.store.ts";
export { endIntroductions } from "./introductions.store.ts";
export { type DeliveryPolicyName, deliveryPolicies, deliveryPolicyNames } from "./policy.ts";
