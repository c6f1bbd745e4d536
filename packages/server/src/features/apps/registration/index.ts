export {
  auditedAddresses,
  type LegacyFlow,
  type RegisteredAddresses,
  requireAddresses,
} from "./registered-addresses.ts";
export { type RequestedScope, readScopeRequests, type ScopeRequest } from "./requested-scopes.ts";
