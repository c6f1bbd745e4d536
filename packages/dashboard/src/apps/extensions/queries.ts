import { queryOptions } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import { listQuery } from "../../api/list-query.ts";
import type { components } from "../../api/openapi.d.ts";
import { bodyOf, taggedBodyOf } from "../../api/queries.ts";

/** What an app adds to each site that it is installed on. */
export type Extension = components["schemas"]["Extension"];

/** An interface of the platform that apps implement. */
export type PluginType = components["schemas"]["ServicePluginType"];

/** A method of a service plugin type. */
export type PluginMethod = PluginType["methods"][number];

const limit = 100;

/** The extensions of an app. */
export const extensionsQuery = (appId: string) =>
  listQuery({
    queryKey: ["apps", appId, "extensions"],
    read: async (query) =>
      bodyOf(await api.GET("/admin/v1/apps/{appId}/extensions", { params: { path: { appId }, query } })),
  });

/** An extension of an app. */
export const extensionQuery = (appId: string, extensionId: string) =>
  queryOptions({
    queryKey: ["apps", appId, "extensions", extensionId],
    queryFn: async () =>
      taggedBodyOf(
        await api.GET("/admin/v1/apps/{appId}/extensions/{extensionId}", {
          params: { path: { appId, extensionId } },
        }),
      ),
  });

/** The first 100 service plugin types, to choose from. */
export const pluginTypesQuery = queryOptions({
  queryKey: ["service-plugin-types"],
  queryFn: async () =>
    bodyOf(await api.GET("/admin/v1/service-plugin-types", { params: { query: { limit } } })).items,
});

/** The first 100 instances of an app that are installed, to choose from. */
export const installedQuery = (appId: string) =>
  queryOptions({
    queryKey: ["apps", appId, "instances", "installed"],
    queryFn: async () =>
      bodyOf(
        await api.GET("/admin/v1/apps/{appId}/instances", {
          params: { path: { appId }, query: { limit, state: "installed" } },
        }),
      ).items,
  });
