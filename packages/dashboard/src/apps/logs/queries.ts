import { queryOptions } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import { listQuery } from "../../api/list-query.ts";
import type { components } from "../../api/openapi.d.ts";
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

/** How long rows of each kind are kept. */
export const retentionQuery = queryOptions({
  queryKey: ["retention"],
  queryFn: async () => bodyOf(await api.GET("/admin/v1/settings/retention")).items,
});
