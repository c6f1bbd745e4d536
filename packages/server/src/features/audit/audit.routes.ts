import { z } from "zod";
import { isoTime } from "../../infrastructure/clock/index.ts";
import type { AuditTable } from "../../infrastructure/database/index.ts";
import {
  list,
  type ManagementRoute,
  type Page,
  type ReadCall,
  requireOneFilter,
} from "../../infrastructure/management/index.ts";
import { guid, instant, time } from "../../infrastructure/routes/index.ts";
import { type AuditFilters, isInstanceOf, listAuditEntries } from "./audit.queries.ts";

const auditEntry = z
  .object({
    entryId: z.guid(),
    actor: z.string().meta({ description: "admin, key:<keyId>, or system" }),
    action: z.string(),
    appId: z.guid().nullable(),
    siteId: z.guid().nullable(),
    instanceId: z.guid().nullable(),
    details: z.record(z.string(), z.unknown()),
    requestId: z.string().meta({ description: "Empty for changes by the server itself" }),
    occurredAt: time,
  })
  .meta({ id: "AuditEntry", description: "A change, and who made it" });

const filters = z
  .strictObject({
    appId: guid.optional(),
    siteId: guid.optional(),
    instanceId: guid.optional(),
    actor: z.string().max(100).optional(),
    action: z.string().max(100).optional(),
    since: instant.optional(),
    until: instant.optional(),
  })
  .meta({ description: "One filter and a time; or appId with siteId or action" });

/** An instance has few entries, so a query by instance needs no index that also contains the app. */
async function findEntries({
  db,
  filters: { appId, instanceId, ...others },
  page,
  principal,
}: ReadCall<string> & { filters: AuditFilters; page: Page }): Promise<AuditTable[]> {
  if (instanceId !== undefined && principal.appId !== undefined) {
    requireOneFilter({ appId, instanceId, ...others }, filterNames, []);
    const isOwn = await isInstanceOf(db, principal.appId, instanceId);
    return isOwn ? await listAuditEntries(db, { instanceId, ...others }, page) : [];
  }
  const given = { appId: appId ?? principal.appId, instanceId, ...others };
  requireOneFilter(given, filterNames, [
    ["appId", "siteId"],
    ["appId", "action"],
  ]);
  return await listAuditEntries(db, given, page);
}

const filterNames = ["appId", "siteId", "instanceId", "actor", "action"] as const;

export function auditRoutes(): readonly ManagementRoute[] {
  return [
    list({
      path: "/audit",
      tag: "Audit",
      operationId: "listAuditEntries",
      summary: "List changes, newest first",
      scope: "audit:read",
      servesBoundKeys: true,
      filters,
      item: auditEntry,
      find: findEntries,
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
