export type { NewAuditEntry } from "./audit.queries.ts";
export { AuditLog, listAuditEntries } from "./audit.queries.ts";
export { auditRoutes } from "./audit.routes.ts";
export { securityActions } from "./security-actions.ts";
