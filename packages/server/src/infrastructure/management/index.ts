export { action, change } from "./change.ts";
export { readCursor, writeCursor } from "./cursor.ts";
export { requireFilterWith, requireOneFilter } from "./filters.ts";
export { pruneIdempotencyKeys } from "./idempotency.ts";
export type { ManagementDependencies, ManagementRoute, ReadCall } from "./management-route.ts";
export { newestFirst, pageAfter } from "./page.queries.ts";
export type { Actor, Authenticate, Principal } from "./principal.ts";
export { refuseBoundKey, requireOwnApp, requireScope } from "./principal.ts";
export { type FoundPage, list, type Page, pageOf, read } from "./read.ts";
