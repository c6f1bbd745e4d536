export { createDeliveryFaults } from "./delivery-faults.ts";
export type { Fault, NewFault } from "./fault.ts";
export { faultRoutes } from "./fault.routes.ts";
export { readFault } from "./fault-input.ts";
export { Faults } from "./faults.ts";
export { withRequestFaults } from "./request-faults.ts";
