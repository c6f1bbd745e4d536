export { type LegacyFlow, repeatedParameter, requireAddresses } from "./registered-addresses.ts";
export { legacyFlow, postInstallationUrls, requestedScope, scopeRequest } from "./registration-fields.ts";
export {
  changesGrants,
  type RequestedScope,
  readScopeRequests,
  requireReasons,
  type ScopeRequest,
} from "./requested-scopes.ts";
