export type { Actor, AuditEntry, AuditLog, NewAuditEntry } from "./audit.store.ts";
export { createAuditLog, listAuditEntries } from "./audit.store.ts";
