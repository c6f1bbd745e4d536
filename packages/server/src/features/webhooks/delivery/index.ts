export { type DeliveryEngine, startDelivery } from "./engine.ts";
export {
  type DeliveryPolicy,
  type DeliveryPolicyName,
  deliveryPolicies,
  deliveryPolicyNames,
} from "./policy.ts";
