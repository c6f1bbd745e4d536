import { z } from "zod";
import { hours, isoTime } from "../../../infrastructure/clock/index.ts";
import type { RefusedCredential, TokenLogTable } from "../../../infrastructure/database/index.ts";
import { list, type ManagementRoute, read, timeFilters } from "../../../infrastructure/management/index.ts";
import { guid, instant, time } from "../../../infrastructure/routes/index.ts";
import { readApp } from "../../apps/index.ts";
import { groupTokenLog, listTokenLog } from "./token-log.queries.ts";

const kind = z
  .enum(["client", "access-token", "api-key"])
  .meta({ description: "The refused credential: App ID and App secret, an access token, or an API key" });

/** Refused requests in responses of the management API. */
export interface TokenLogEntry {
  readonly entryId: string;
  readonly appId: string;
  readonly instanceId: string | null;
  readonly kind: RefusedCredential;
  readonly route: string | null;
  readonly reason: string;
  readonly requests: number;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly firstRequestId: string;
  readonly lastRequestId: string;
}

export const tokenLogEntry: z.ZodType<TokenLogEntry, TokenLogEntry> = z
  .object({
    entryId: z.guid(),
    appId: z.guid(),
    instanceId: z.guid().nullable(),
    kind,
    route: z.string().nullable().meta({
      description:
        "Such as `POST /oauth2/token`; null for requests that came too fast for an entry of their own",
    }),
    reason: z.string().meta({ description: "Such as wrong_secret, instance_removed or expired" }),
    requests: z.int(),
    firstAt: time,
    lastAt: time,
    firstRequestId: z.guid().meta({ description: "The x-request-id of the first response" }),
    lastRequestId: z.guid(),
  })
  .meta({
    id: "TokenLogEntry",
    description: "The refused requests of one hour with the same app, instance, route and reason",
  });

const refusedGroup = z
  .object({
    kind,
    route: z.string().nullable(),
    reason: z.string(),
    requests: z.int().meta({ description: "In the hours of the time" }),
    lastAt: time,
  })
  .meta({ id: "RefusedRequests", description: "The refused requests of an app with one route and reason" });

const filters = z.strictObject({
  appId: guid.optional(),
  instanceId: guid.optional(),
  requestId: guid.optional().meta({ description: "Of the first or the last request of an entry" }),
  kind: kind.optional(),
  reason: z.string().max(100).optional(),
  ...timeFilters,
});

export function tokenLogRoutes(): readonly ManagementRoute[] {
  return [
    list({
      path: "/token-log",
      tag: "Token log",
      operationId: "listTokenLog",
      summary:
        "List refused requests of apps, newest first; they are kept for 7 days, or as the settings of retention say",
      scope: "token-log:read",
      accounts: ["app-developer"],
      portal: ["instances", "health", "logs"],
      servesBoundKeys: true,
      filters,
      item: tokenLogEntry,
      async find({ db, filters, page, principal }) {
        return await listTokenLog(db, { ...filters, appId: filters.appId ?? principal.appId }, page);
      },
      position: (entry) => entry.entry_id,
      show: showTokenLogEntry,
    }),
    read({
      path: "/apps/{appId}/refused-requests",
      tag: "Token log",
      operationId: "countRefusedRequests",
      summary:
        "Count the refused requests of an app by route and reason, up to 100 of them, the most frequent first",
      scope: "token-log:read",
      accounts: ["app-developer"],
      portal: ["health"],
      query: z.strictObject({
        since: instant.optional().meta({ description: "Default: 24 hours ago" }),
      }),
      response: z.object({ items: z.array(refusedGroup) }),
      async handle({ db, ids, now, query }) {
        const { appId } = await readApp(db, ids.appId);
        const groups = await groupTokenLog(db, { appId, since: query.since ?? now - hours(24) });
        return {
          items: groups.map(({ last_at, route, ...group }) => ({
            ...group,
            route: route === "" ? null : route,
            lastAt: isoTime(last_at),
          })),
        };
      },
    }),
  ];
}

export function showTokenLogEntry(entry: TokenLogTable): TokenLogEntry {
  return {
    entryId: entry.entry_id,
    appId: entry.app_id,
    instanceId: entry.instance_id === "" ? null : entry.instance_id,
    kind: entry.kind,
    route: entry.route === "" ? null : entry.route,
    reason: entry.reason,
    requests: entry.requests,
    firstAt: isoTime(entry.first_at),
    lastAt: isoTime(entry.last_at),
    firstRequestId: entry.first_request_id,
    lastRequestId: entry.last_request_id,
  };
}
