import { queryOptions } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import { listQuery } from "../../api/list-query.ts";
import type { components, paths } from "../../api/openapi.d.ts";
import { bodyOf } from "../../api/queries.ts";
import type { FilterValues } from "../../parts/filters.tsx";

/** Refused requests of one hour with the same reason. */
export type LogEntry = components["schemas"]["TokenLogEntry"];

type Filters = FilterValues<"requestId" | "instanceId" | "reason" | "kind" | "since" | "until">;

/** The refused requests of an app. */
export const logQuery = (appId: string, { kind, ...filters }: Filters) =>
  listQuery({
    queryKey: ["apps", appId, "log", kind, filters],
    live: true,
    read: async (page) => {
      const query = { ...page, ...filters, appId, ...(kind && { kind: kind as LogEntry["kind"] }) };
      return bodyOf(await api.GET("/admin/v1/token-log", { params: { query } }));
    },
  });

/** A call of a service plugin. */
export type PluginCall = components["schemas"]["ServicePluginCall"];

type CallFilters = FilterValues<"requestId" | "instanceId" | "outcome" | "since" | "until">;
type Outcome = NonNullable<
  NonNullable<paths["/admin/v1/service-plugin-calls"]["get"]["parameters"]["query"]>["outcome"]
>;

/** The calls of the service plugins of an app. */
export const pluginCallsQuery = (appId: string, { outcome, ...filters }: CallFilters) =>
  listQuery({
    queryKey: ["apps", appId, "plugin-calls", outcome, filters],
    live: true,
    read: async (page) => {
      const query = { ...page, ...filters, appId, ...(outcome && { outcome: outcome as Outcome }) };
      return bodyOf(await api.GET("/admin/v1/service-plugin-calls", { params: { query } }));
    },
  });

/** How long rows of each kind are kept. */
export const retentionQuery = queryOptions({
  queryKey: ["retention"],
  queryFn: async () => bodyOf(await api.GET("/admin/v1/settings/retention")).items,
});
