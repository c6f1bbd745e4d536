export { attemptOutcomes } from "./attempt-outcome.ts";
export { type DeliveryEngine, startDelivery } from "./delivery-engine.ts";
export {
  type DeliveryPolicy,
  type DeliveryPolicyName,
  deliveryPolicies,
  deliveryPolicyNames,
} from "./delivery-policies.ts";
