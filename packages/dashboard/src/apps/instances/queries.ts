import { queryOptions } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import { listQuery, live } from "../../api/list-query.ts";
import type { components } from "../../api/openapi.d.ts";
import { bodyOf } from "../../api/queries.ts";
import type { FilterValues } from "../../parts/filters.tsx";

/** An instance, as the API shows it. */
export type Instance = components["schemas"]["Instance"];

/** An entry of a timeline. */
export type TimelineEntry = components["schemas"]["TimelineEntry"];

export type InstanceFilters = FilterValues<"state" | "site" | "grant" | "tokens">;

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The instances of an app. `site` is the id of a site or its external id. */
export const instancesQuery = (appId: string, { grant, site, state, tokens }: InstanceFilters) => {
  const filters = {
    ...(state && { state: state as Instance["state"] }),
    ...(grant && { grant: "old" as const }),
    ...(tokens === "never" && { token: "never" as const }),
    ...(tokens === "newest" && { order: "lastToken" as const }),
    ...(site && (guid.test(site) ? { siteId: site } : { externalId: site })),
  };
  return listQuery({
    queryKey: ["apps", appId, "instances", filters],
    live: true,
    read: async (page) =>
      bodyOf(
        await api.GET("/admin/v1/apps/{appId}/instances", {
          params: { path: { appId }, query: { ...page, ...filters } },
        }),
      ),
  });
};

const path = (instanceId: string) => ({ path: { instanceId } });

/** An instance, read again every three seconds. */
export const instanceQuery = (instanceId: string) =>
  queryOptions({
    ...live,
    queryKey: ["instances", instanceId],
    queryFn: async () =>
      bodyOf(await api.GET("/admin/v1/instances/{instanceId}", { params: path(instanceId) })),
  });

/** Everything that is recorded about an instance. */
export const timelineQuery = (instanceId: string, filters: FilterValues<"kinds" | "since" | "until">) =>
  listQuery({
    queryKey: ["instances", instanceId, "timeline", filters],
    live: true,
    read: async (page) =>
      bodyOf(
        await api.GET("/admin/v1/instances/{instanceId}/timeline", {
          params: { ...path(instanceId), query: { ...page, ...filters } },
        }),
      ),
  });

/** What is only counted for an instance. */
export const summaryQuery = (instanceId: string) =>
  queryOptions({
    ...live,
    queryKey: ["instances", instanceId, "summary"],
    queryFn: async () => {
      const params = { ...path(instanceId), query: { limit: 1 } };
      return bodyOf(await api.GET("/admin/v1/instances/{instanceId}/timeline", { params })).summary;
    },
  });
