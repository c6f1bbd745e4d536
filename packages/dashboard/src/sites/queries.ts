import { queryOptions } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import { listQuery, live } from "../api/list-query.ts";
import type { components } from "../api/openapi.d.ts";
import { Problem } from "../api/problem.ts";
import { bodyOf, taggedBodyOf } from "../api/queries.ts";

/** A site, as the API shows it. */
export type Site = components["schemas"]["Site"];

/** An app on a site, as its members see it. */
export type SiteApp = components["schemas"]["SiteApp"];

/** A member of a site. */
export type Member = components["schemas"]["Member"];

/** A request of a member to install an app. */
export type InstallRequest = components["schemas"]["InstallRequest"];

/** The sites of the account; all sites for an operator. `name` is a part of the name. */
export const sitesQuery = (filters: { readonly name?: string }) =>
  listQuery({
    queryKey: ["sites", filters],
    read: async (page) =>
      bodyOf(await api.GET("/admin/v1/sites", { params: { query: { ...filters, ...page } } })),
  });

/** A site. */
export const siteQuery = (siteId: string) =>
  queryOptions({
    queryKey: ["sites", siteId],
    queryFn: async () =>
      taggedBodyOf(await api.GET("/admin/v1/sites/{siteId}", { params: { path: { siteId } } })),
  });

/** A member of a site; null for somebody who is none, such as an operator. */
export const memberQuery = (siteId: string, accountId: string) =>
  queryOptions({
    queryKey: ["sites", siteId, "members", accountId],
    queryFn: async () => {
      // A portal has no account.
      if (accountId === "") return null;
      const path = { siteId, accountId };
      try {
        return bodyOf(await api.GET("/admin/v1/sites/{siteId}/members/{accountId}", { params: { path } }));
      } catch (error) {
        if (error instanceof Problem && error.code === "MEMBER_NOT_FOUND") return null;
        throw error;
      }
    },
  });

/** The members of a site. */
export const membersQuery = (siteId: string) =>
  listQuery({
    queryKey: ["sites", siteId, "members"],
    live: true,
    read: async (query) =>
      bodyOf(await api.GET("/admin/v1/sites/{siteId}/members", { params: { path: { siteId }, query } })),
  });

/** The roles that members can have. */
export const rolesQuery = queryOptions({
  queryKey: ["roles"],
  queryFn: async () => bodyOf(await api.GET("/admin/v1/roles", { params: { query: { limit: 100 } } })).items,
});

/** The apps of a site, also removed ones. */
export const siteAppsQuery = (siteId: string) =>
  listQuery({
    queryKey: ["sites", siteId, "apps"],
    live: true,
    read: async (query) =>
      bodyOf(await api.GET("/admin/v1/sites/{siteId}/apps", { params: { path: { siteId }, query } })),
  });

/** An app of a site. */
export const siteAppQuery = ({ appId, siteId }: Pick<SiteApp, "appId" | "siteId">) =>
  queryOptions({
    queryKey: ["sites", siteId, "apps", appId],
    ...live,
    queryFn: async () => {
      const path = { siteId, appId };
      return bodyOf(await api.GET("/admin/v1/sites/{siteId}/apps/{appId}", { params: { path } }));
    },
  });

/** Requests to install apps on a site; all states without `state`. */
export const requestsQuery = (siteId: string, state: InstallRequest["state"] | undefined) =>
  listQuery({
    queryKey: ["sites", siteId, "requests", state],
    live: true,
    read: async (page) => {
      const query = { ...page, ...(state && { state }) };
      const params = { path: { siteId }, query };
      return bodyOf(await api.GET("/admin/v1/sites/{siteId}/install-requests", { params }));
    },
  });

/** A new address of a page of an app, for the person who is signed in. It is read again only on demand. */
export const pageUrlQuery = (instanceId: string, extensionId: string) =>
  queryOptions({
    queryKey: ["page-url", instanceId, extensionId],
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      const path = { instanceId };
      const options = { params: { path }, body: { extensionId } };
      return bodyOf(await api.POST("/admin/v1/instances/{instanceId}/page-url", options)).url;
    },
  });
