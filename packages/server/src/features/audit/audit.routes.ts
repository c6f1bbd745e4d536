import { z } from "zod";
import { isoTime } from "../../infrastructure/clock/index.ts";
import { list, type ManagementRoute, timeFilters } from "../../infrastructure/management/index.ts";
import { guid, time } from "../../infrastructure/routes/index.ts";
import { listAuditEntries } from "./audit.queries.ts";

const auditEntry = z
  .object({
    entryId: z.guid(),
    actor: z
      .string()
      .meta({ description: "Such as admin, key:<keyId>, account:<accountId>, portal:<linkId> or system" }),
    action: z.string(),
    appId: z.guid().nullable(),
    siteId: z.guid().nullable(),
    instanceId: z.guid().nullable(),
    details: z.record(z.string(), z.unknown()),
    requestId: z.string().meta({ description: "Empty for changes by the server itself" }),
    occurredAt: time,
  })
  .meta({ id: "AuditEntry", description: "A change, and who made it" });

const filters = z.strictObject({
  appId: guid.optional(),
  siteId: guid.optional(),
  instanceId: guid.optional(),
  actor: z.string().max(100).optional(),
  action: z.string().max(100).optional(),
  requestId: z.string().max(100).optional().meta({ description: "The x-request-id of the response" }),
  ...timeFilters,
});

export function auditRoutes(): readonly ManagementRoute[] {
  return [
    list({
      path: "/audit",
      tag: "Audit",
      operationId: "listAuditEntries",
      summary: "List changes, newest first; they are kept forever, or as the settings of retention say",
      scope: "audit:read",
      accounts: ["app-developer", "site-owner"],
      portal: ["instances", "logs"],
      servesBoundKeys: true,
      filters,
      item: auditEntry,
      find: ({ db, filters, page, principal }) =>
        listAuditEntries(db, { ...filters, appId: filters.appId ?? principal.appId }, page),
      position: (entry) => entry.entry_id,
      show: (entry) => ({
        entryId: entry.entry_id,
        actor: entry.actor,
        action: entry.action,
        appId: entry.app_id,
        siteId: entry.site_id,
        instanceId: entry.instance_id,
        details: JSON.parse(entry.details),
        requestId: entry.request_id,
        occurredAt: isoTime(entry.occurred_at),
      }),
    }),
  ];
}
