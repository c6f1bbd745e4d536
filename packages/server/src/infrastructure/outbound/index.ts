export { type AddressRange, isInRange, parseAllowed } from "./addresses.ts";
export { type OutboundFailure, outboundFailures } from "./failures.ts";
export {
  createOutbound,
  type Outbound,
  type OutboundRequest,
  type OutboundResult,
} from "./outbound.ts";
