import { queryOptions } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import { listQuery, live } from "../../api/list-query.ts";
import type { components, paths } from "../../api/openapi.d.ts";
import { bodyOf } from "../../api/queries.ts";
import type { FilterValues } from "../../parts/filters.tsx";

/** A delivery in lists. */
export type ListedDelivery = components["schemas"]["ListedDelivery"];

/** A delivery with its event and attempts. */
export type DeliveryDetails = components["schemas"]["DeliveryDetails"];

/** One HTTP request of a delivery. */
export type Attempt = components["schemas"]["DeliveryAttempt"];

type Filters = NonNullable<paths["/admin/v1/deliveries"]["get"]["parameters"]["query"]>;

/** The deliveries of an app that a filter selects, newest first. The server checks the values of the filter. */
export const deliveriesQuery = (appId: string, filters: FilterValues) =>
  listQuery({
    queryKey: ["apps", appId, "deliveries", filters],
    read: async (page) =>
      bodyOf(
        await api.GET("/admin/v1/deliveries", {
          params: { query: { ...(filters as Filters), ...page, appId } },
        }),
      ),
    live: true,
  });

/** A delivery, read again while the page is open. */
export const deliveryQuery = (appId: string, deliveryId: string) =>
  queryOptions({
    queryKey: ["apps", appId, "deliveries", deliveryId],
    queryFn: async () =>
      bodyOf(await api.GET("/admin/v1/deliveries/{deliveryId}", { params: { path: { deliveryId } } })),
    ...live,
  });
