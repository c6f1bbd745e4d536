export { findRole, type ObjectIds, type Owners } from "./authorization.queries.ts";
export { authorizeFilter, isAuthorized, ownerRole, type RouteAuthorization } from "./authorize.ts";
export { action, change } from "./change.ts";
export { readCursor, writeCursor } from "./cursor.ts";
export { pruneIdempotencyKeys } from "./idempotency.ts";
export type { ManagementDependencies, ManagementRoute } from "./management-route.ts";
export { refuseOwnIds } from "./own-ids.ts";
export type { ListFilters, NewestFirst } from "./page.queries.ts";
export { containing, countRows, findNewest, findOldest, pageAfter } from "./page.queries.ts";
export { timeFilters } from "./page-query.ts";
export type {
  AccountPrincipal,
  Actor,
  Authenticate,
  PortalTheme,
  Principal,
} from "./principal.ts";
export {
  refuseBoundKey,
  requireOperator,
  requireOwnApp,
  requireScope,
  restrictedAccount,
} from "./principal.ts";
export { type FoundPage, list, type Page, pageOf, read } from "./read.ts";
