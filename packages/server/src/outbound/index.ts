export { type AddressRange, parseAllowed } from "./addresses.ts";
export type { Connect, Resolve } from "./connector.ts";
export type { OutboundFailure } from "./failures.ts";
export {
  createOutbound,
  type Outbound,
  type OutboundRequest,
  type OutboundResult,
  type OutboundSources,
} from "./outbound.ts";
