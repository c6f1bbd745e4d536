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
export function firstPage({ appId, pages: [first], siteId }: Portal): string {
  if (appId !== null) return `/apps/${appId}/${first}`;
  return first === "apps" ? `/sites/${siteId}` : `/sites/${siteId}/${first}`;
}

/** Whether a portal shows the page at a path: one of its pages, about its app or its site. */
export function isShown({ appId, pages, siteId }: Portal, path: string): boolean {
  const [, area, id, page = ""] = path.split("/");
  if (area === "apps") return id === appId && pages.includes(page);
  // The apps of a site are on its first page.
  return area === "sites" && id === siteId && pages.includes(page || "apps");
}
