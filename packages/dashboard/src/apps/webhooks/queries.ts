import { queryOptions } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import { listQuery, live } from "../../api/list-query.ts";
import type { components } from "../../api/openapi.d.ts";
import { bodyOf, taggedBodyOf } from "../../api/queries.ts";

/** A webhook in lists. */
export type Webhook = components["schemas"]["Webhook"];

/** A webhook with its pending deliveries. */
export type WebhookDetails = components["schemas"]["WebhookDetails"];

const limit = 100;

/** The webhooks of an app. An app has at most 100. */
export const webhooksQuery = (appId: string) =>
  listQuery({
    queryKey: ["apps", appId, "webhooks"],
    read: async (query) =>
      bodyOf(await api.GET("/admin/v1/apps/{appId}/webhooks", { params: { path: { appId }, query } })),
    live: true,
  });

/** A webhook of an app, read again while the page is open. */
export const webhookQuery = (appId: string, webhookId: string) =>
  queryOptions({
    queryKey: ["apps", appId, "webhooks", webhookId],
    queryFn: async () =>
      taggedBodyOf(
        await api.GET("/admin/v1/apps/{appId}/webhooks/{webhookId}", {
          params: { path: { appId, webhookId } },
        }),
      ),
    ...live,
  });

/** The first 100 event types, to choose from. */
export const eventTypesQuery = queryOptions({
  queryKey: ["event-types"],
  queryFn: async () => bodyOf(await api.GET("/admin/v1/event-types", { params: { query: { limit } } })).items,
});
