import { Anchor, Breadcrumbs, Loader, Stack, Tabs, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useNavigate, useParams, useRouterState } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { appQuery } from "../api/queries.ts";
import { ProblemAlert } from "../parts/problem-alert.tsx";

/** The pages of an app below its name. */
export function AppPages(): ReactNode {
  const { appId } = useParams({ from: "/apps/$appId" });
  const { data: app, error, isPending } = useQuery(appQuery(appId));
  const navigate = useNavigate();
  const page = useRouterState({
    select: ({ location }) => (location.pathname.endsWith("/oauth") ? "oauth" : "overview"),
  });
  const open = (chosen: string | null) =>
    navigate({ to: chosen === "oauth" ? "/apps/$appId/oauth" : "/apps/$appId", params: { appId } });
  return (
    <Stack>
      <Breadcrumbs>
        <Anchor renderRoot={(props) => <Link to="/apps" {...props} />}>Apps</Anchor>
        <Text>{app?.name}</Text>
      </Breadcrumbs>
      <ProblemAlert error={error} />
      {isPending && <Loader aria-label="Loading" />}
      {app && (
        <>
          <Title order={2}>{app.name}</Title>
          <Tabs value={page} onChange={open} keepMounted={false}>
            <Tabs.List>
              <Tabs.Tab value="overview">Overview</Tabs.Tab>
              <Tabs.Tab value="oauth">OAuth</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value={page} pt="md">
              <Outlet />
            </Tabs.Panel>
          </Tabs>
        </>
      )}
    </Stack>
  );
}
