export type { AuditLog, NewAuditEntry } from "./audit.queries.ts";
export { createAuditLog, listAuditEntries } from "./audit.queries.ts";
export { auditRoutes } from "./audit.routes.ts";
