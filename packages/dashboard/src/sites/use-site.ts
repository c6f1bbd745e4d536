import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { meQuery, type Tagged } from "../api/queries.ts";
import { memberQuery, type Site, siteQuery } from "./queries.ts";

interface SiteOfPage {
  readonly site: Tagged<Site>;
  /** Whether the person may change the site and its apps. The server decides anyway. */
  readonly mayManage: boolean;
  readonly isOperator: boolean;
}

/** The site of the page, which `SitePages` has read, and what the person may do there. */
export function useSite(): SiteOfPage {
  const { siteId } = useParams({ from: "/sites/$siteId" });
  const { account, portal } = useSuspenseQuery(meQuery).data;
  const { data: site } = useSuspenseQuery(siteQuery(siteId));
  const { data: member } = useSuspenseQuery(memberQuery(siteId, account?.accountId ?? ""));
  const isOperator = account?.isOperator ?? false;
  return { site, mayManage: isOperator || portal !== null || member?.role === "OWNER", isOperator };
}
