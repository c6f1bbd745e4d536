export { action, change } from "./change.ts";
export { readCursor, writeCursor } from "./cursor.ts";
export { pruneIdempotencyKeys } from "./idempotency.ts";
export type { ManagementDependencies, ManagementRoute } from "./management-route.ts";
export { newestFirst, pageAfter } from "./page.queries.ts";
export type { Actor, Authenticate, Principal } from "./principal.ts";
export { refuseBoundKey, requireOwnApp, requireScope } from "./principal.ts";
export type { FoundPage, Page } from "./read.ts";
export { list, pageOf, read } from "./read.ts";
