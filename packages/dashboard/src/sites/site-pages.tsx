import { Anchor, Breadcrumbs, Loader, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useRouterState } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { meQuery } from "../api/queries.ts";
import { PageTabs } from "../parts/page-tabs.tsx";
import { ProblemAlert } from "../parts/problem-alert.tsx";
import { usePortalPages } from "../shell/portal-pages.ts";
import { memberQuery, siteQuery } from "./queries.ts";

/** The tabs of a site: label by the part of the path below the site. */
const tabs = { apps: "Apps", requests: "Requests", members: "Members", settings: "Settings" };

/** The pages of a site below its name. */
export function SitePages(): ReactNode {
  const { siteId } = useParams({ from: "/sites/$siteId" });
  const { data: me } = useQuery(meQuery);
  const { data: site, error } = useQuery(siteQuery(siteId));
  const member = useQuery(memberQuery(siteId, me?.account?.accountId ?? ""));
  const portalPages = usePortalPages();
  const shown = Object.entries(tabs).filter(([page]) => portalPages?.includes(page) ?? true);
  const problem = error ?? member.error;
  const navigate = useNavigate();
  // /sites/<siteId>/<tab>
  const part = useRouterState({ select: ({ location }) => location.pathname.split("/")[3] ?? "" });
  const tab = part in tabs ? part : "apps";
  const open = (page: string | null) =>
    navigate({ to: page === "apps" ? `/sites/${siteId}` : `/sites/${siteId}/${page}` });
  return (
    <Stack>
      {portalPages === undefined && (
        <Breadcrumbs>
          <Anchor renderRoot={(props) => <Link to="/sites" {...props} />}>Sites</Anchor>
          <Text>{site?.name}</Text>
        </Breadcrumbs>
      )}
      <ProblemAlert error={problem} />
      {problem === null && (site === undefined || member.data === undefined) && (
        <Loader aria-label="Loading" />
      )}
      {site && member.data !== undefined && (
        <>
          <Title order={portalPages === undefined ? 2 : 1} size="h2" className="value">
            {site.name}
          </Title>
          <PageTabs tab={tab} tabs={shown} open={open} />
        </>
      )}
    </Stack>
  );
}
