import { queryOptions } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import { listQuery } from "../../api/list-query.ts";
import type { components } from "../../api/openapi.d.ts";
import { bodyOf } from "../../api/queries.ts";

/** A scope that apps can request, with descriptions in place of its permissions. */
export type DescribedScope = components["schemas"]["Scope"];

/** An instance whose owner has to decide about added scopes. */
export type Approval = components["schemas"]["Approval"];

const maxPages = 10;

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** Reads up to ten pages of a list. */
async function readAll<Item>(read: (query: { limit: number; cursor?: string }) => Promise<Page<Item>>) {
  const items: Item[] = [];
  let cursor: string | null = "";
  for (let pages = 0; cursor !== null && pages < maxPages; pages += 1) {
    const page: Page<Item> = await read({ limit: 100, ...(cursor !== "" && { cursor }) });
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}

/** The scopes that apps can request, each with its permissions in words. */
export const scopesQuery = queryOptions({
  queryKey: ["scopes"],
  queryFn: async (): Promise<DescribedScope[]> => {
    const [scopes, permissions] = await Promise.all([
      readAll(async (query) => bodyOf(await api.GET("/admin/v1/scopes", { params: { query } }))),
      readAll(async (query) => bodyOf(await api.GET("/admin/v1/permissions", { params: { query } }))),
    ]);
    const words = new Map(permissions.map(({ description, permissionId }) => [permissionId, description]));
    return scopes.map((scope) => ({
      ...scope,
      permissions: scope.permissions.map((id) => words.get(id) ?? id),
    }));
  },
});

/** The instances of an app that hold an old grant. */
export const approvalsQuery = (appId: string) =>
  listQuery({
    queryKey: ["apps", appId, "approvals"],
    live: true,
    read: async (page) =>
      bodyOf(await api.GET("/admin/v1/approvals", { params: { query: { ...page, appId } } })),
  });
