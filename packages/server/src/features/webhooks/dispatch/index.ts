export { type AttemptResult, attemptOutcomes, classifyAttempt } from "./attempt-outcome.ts";
export { readBacklog } from "./backlog-metrics.queries.ts";
export { type DeliveryEngine, type DeliveryEngineDependencies, startDelivery } from "./delivery-engine.ts";
export {
  type DeliveryPolicy,
  type DeliveryPolicyName,
  deliveryPolicies,
  deliveryPolicyNames,
} from "./delivery-policies.ts";
export { nextAttemptAt } from "./retry-schedule.ts";
export { type SignedRequest, signedRequest } from "./signed-request.ts";
