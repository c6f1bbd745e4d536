import { queryOptions } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import { listQuery, live } from "../../api/list-query.ts";
import type { components } from "../../api/openapi.d.ts";
import { bodyOf } from "../../api/queries.ts";

/** Counts of each minute or hour, by outcome. */
export type Counts = components["schemas"]["Counts"];

/** A subscription of an app, with the health of its endpoint. */
export type Webhook = components["schemas"]["Webhook"];

/** Counts of the last 60 minutes, or of the last 24 hours. */
export const countsQuery = (appId: string, metric: Counts["metric"], step: Counts["step"]) =>
  queryOptions({
    ...live,
    queryKey: ["apps", appId, "counts", metric, step],
    queryFn: async () =>
      bodyOf(
        await api.GET("/admin/v1/apps/{appId}/counts", {
          params: { path: { appId }, query: { metric, step } },
        }),
      ),
  });

/** Counts of refused requests of the last 24 hours, by route and reason. */
export const refusedQuery = (appId: string) =>
  queryOptions({
    ...live,
    queryKey: ["apps", appId, "refused"],
    queryFn: async () =>
      bodyOf(await api.GET("/admin/v1/apps/{appId}/refused-requests", { params: { path: { appId } } })).items,
  });

/** The webhooks of an app. */
export const webhooksQuery = (appId: string) =>
  listQuery({
    queryKey: ["apps", appId, "webhooks"],
    live: true,
    read: async (query) =>
      bodyOf(await api.GET("/admin/v1/apps/{appId}/webhooks", { params: { path: { appId }, query } })),
  });

/** A webhook with its pending deliveries. */
export const webhookQuery = ({ appId, webhookId }: Webhook) =>
  queryOptions({
    ...live,
    queryKey: ["apps", appId, "webhooks", webhookId],
    queryFn: async () =>
      bodyOf(
        await api.GET("/admin/v1/apps/{appId}/webhooks/{webhookId}", {
          params: { path: { appId, webhookId } },
        }),
      ),
  });
