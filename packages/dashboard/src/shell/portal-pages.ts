import { useQuery } from "@tanstack/react-query";
import { meQuery } from "../api/queries.ts";

/** The names of the pages that a portal shows; undefined in the dashboard itself, which shows all. */
export function usePortalPages(): readonly string[] | undefined {
  return useQuery(meQuery).data?.portal?.pages;
}

/** What `/me` says about a portal. */
interface Portal {
  readonly appId: string | null;
  readonly siteId: string | null;
  readonly pages: readonly string[];
}

/** The first page of a portal. */
export function firstPage({ appId, pages, siteId }: Portal): string {
  return appId === null ? `/sites/${siteId}/${pages[0]}` : `/apps/${appId}/${pages[0]}`;
}

/** Whether a portal shows the page at a path: one of its pages, about its app or its site. */
export function isShown({ appId, pages, siteId }: Portal, path: string): boolean {
  const [, area, id, page = ""] = path.split("/");
  const isOwn = area === "apps" ? id === appId : area === "sites" && id === siteId;
  return isOwn && pages.includes(page);
}
