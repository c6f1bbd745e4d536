import { Anchor, Breadcrumbs, Loader, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useNavigate, useParams, useRouterState } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { appQuery } from "../api/queries.ts";
import { PageTabs } from "../parts/page-tabs.tsx";
import { ProblemAlert } from "../parts/problem-alert.tsx";
import { usePortalPages } from "../shell/portal-pages.ts";
import { appTabs } from "./app-tabs.ts";

/** The pages of an app below its name. */
export function AppPages(): ReactNode {
  const { appId } = useParams({ from: "/apps/$appId" });
  const { data: app, error, isPending } = useQuery(appQuery(appId));
  const navigate = useNavigate();
  // /apps/<appId>/<tab>/…
  const tab = useRouterState({ select: ({ location }) => location.pathname.split("/")[3] || "overview" });
  const portalPages = usePortalPages();
  const tabs = Object.entries(appTabs).filter(([page]) => portalPages?.includes(page) ?? true);
  const open = (page: string | null) => navigate({ to: `/apps/${appId}/${page}` });
  return (
    <Stack>
      {portalPages === undefined && (
        <Breadcrumbs>
          <Anchor renderRoot={(props) => <Link to="/apps" {...props} />}>Apps</Anchor>
          <Text>{app?.name}</Text>
        </Breadcrumbs>
      )}
      <ProblemAlert error={error} />
      {isPending && <Loader aria-label="Loading" />}
      {app && (
        <>
          <Title order={portalPages === undefined ? 2 : 1} size="h2">
            {app.name}
          </Title>
          {tabs.length === 1 ? <Outlet /> : <PageTabs tab={tab} tabs={tabs} open={open} />}
        </>
      )}
    </Stack>
  );
}
