import { z } from "zod";
import { isoTime } from "../../../infrastructure/clock/index.ts";
import { list, type ManagementRoute } from "../../../infrastructure/management/index.ts";
import { guid, time } from "../../../infrastructure/routes/index.ts";
import { listTokenLog } from "./token-log.queries.ts";

const tokenLogEntry = z
  .object({
    entryId: z.guid(),
    requestId: z.guid().meta({ description: "The x-request-id of the response" }),
    appId: z.guid(),
    instanceId: z.guid().nullable(),
    reason: z.string().meta({
      description: "Such as wrong_secret or instance_removed; `12 more` counts requests without an entry",
    }),
    occurredAt: time,
  })
  .meta({ id: "TokenLogEntry", description: "A rejected token request" });

export function tokenLogRoutes(): readonly ManagementRoute[] {
  return [
    list({
      path: "/token-log",
      tag: "Token log",
      operationId: "listTokenLog",
      summary: "List rejected token requests, newest first; they are kept for 7 days",
      scope: "token-log:read",
      servesBoundKeys: true,
      filters: z.strictObject({ appId: guid.optional(), requestId: guid.optional() }),
      item: tokenLogEntry,
      find: ({ db, filters, page, principal }) =>
        listTokenLog(db, { ...filters, appId: filters.appId ?? principal.appId }, page),
      position: (entry) => entry.entry_id,
      show: (entry) => ({
        entryId: entry.entry_id,
        requestId: entry.request_id,
        appId: entry.app_id,
        instanceId: entry.instance_id,
        reason: entry.reason,
        occurredAt: isoTime(entry.occurred_at),
      }),
    }),
  ];
}
