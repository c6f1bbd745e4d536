export {
  type DeliveryEngine,
  type DeliveryPolicyName,
  deliveryPolicies,
  deliveryPolicyNames,
  startDelivery,
} from "./delivery/index.ts";
