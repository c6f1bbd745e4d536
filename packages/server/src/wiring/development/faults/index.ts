export { createDeliveryFaults } from "./delivery-faults.ts";
export { faultRoutes, readFault } from "./fault.routes.ts";
export type { Fault, NewFault } from "./fault.ts";
export { Faults } from "./faults.ts";
export { withRequestFaults } from "./request-faults.ts";
