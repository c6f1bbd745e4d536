import { queryOptions } from "@tanstack/react-query";
import { api } from "./client.ts";
import { listQuery } from "./list-query.ts";

/** Who is signed in. */
export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async () => bodyOf(await api.GET("/admin/v1/me")),
});

/** The apps that the account may manage; `name` is a part of the name. */
export const appsQuery = (filters: { readonly name?: string } = {}) =>
  listQuery({
    queryKey: ["apps", filters],
    read: async (page) =>
      bodyOf(await api.GET("/admin/v1/apps", { params: { query: { ...filters, ...page } } })),
  });

/** An app. */
export const appQuery = (appId: string) =>
  queryOptions({
    queryKey: ["apps", appId],
    queryFn: async () =>
      taggedBodyOf(await api.GET("/admin/v1/apps/{appId}", { params: { path: { appId } } })),
  });

/** The secrets of an app, without their values. */
export const secretsQuery = (appId: string) =>
  queryOptions({
    queryKey: ["apps", appId, "secrets"],
    queryFn: async () =>
      bodyOf(
        await api.GET("/admin/v1/apps/{appId}/secrets", {
          params: { path: { appId }, query: { limit: 100 } },
        }),
      ).items,
  });

/** The public key of an app. It never changes. */
export const publicKeyQuery = (appId: string) =>
  queryOptions({
    queryKey: ["apps", appId, "public-key"],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () =>
      bodyOf(await api.GET("/admin/v1/apps/{appId}/public-key", { params: { path: { appId } } })),
  });

/** What an app has besides credentials: one of each kind is enough to know that it is set up. */
export const setupQuery = (appId: string) =>
  queryOptions({
    queryKey: ["apps", appId, "setup"],
    queryFn: async () => {
      const params = { path: { appId }, query: { limit: 1 } };
      const [instances, webhooks, extensions] = await Promise.all([
        api.GET("/admin/v1/apps/{appId}/instances", { params }),
        api.GET("/admin/v1/apps/{appId}/webhooks", { params }),
        api.GET("/admin/v1/apps/{appId}/extensions", { params }),
      ]);
      return {
        instance: bodyOf(instances).items[0],
        webhook: bodyOf(webhooks).items[0],
        extension: bodyOf(extensions).items[0],
      };
    },
  });

/** An object with its ETag, with which a change fails if somebody else has changed the object meanwhile. */
export type Tagged<Body> = Body & { readonly etag: string };

/** The body of a response that has an ETag. */
export function taggedBodyOf<Body extends object>({
  data,
  response,
}: {
  data?: Body;
  response: Response;
}): Tagged<Body> {
  return { ...(data as Body), etag: response.headers.get("etag") ?? "" };
}

/** The body of a response; the client throws for all others. */
export function bodyOf<Body>({ data }: { data?: Body }): NonNullable<Body> {
  return data as NonNullable<Body>;
}
