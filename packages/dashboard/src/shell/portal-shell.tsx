import { Anchor, Box, Loader, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, Navigate, Outlet, useRouterState } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { meQuery } from "../api/queries.ts";
import { ProblemAlert } from "../parts/problem-alert.tsx";
import { ConnectionBanner } from "./connection-banner.tsx";
import { firstPage, isShown } from "./portal-pages.ts";

/** The frame of every page of a portal. The product around it has the navigation. */
export function PortalShell(): ReactNode {
  const { data: me, error, isPending } = useQuery(meQuery);
  return (
    <Box component="main" p="md">
      <ConnectionBanner />
      <ProblemAlert error={error} />
      {isPending && <Loader aria-label="Loading" />}
      {me?.portal && <PortalPage portal={me.portal} />}
    </Box>
  );
}

function PortalPage({ portal }: { portal: Parameters<typeof isShown>[0] }): ReactNode {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  if (path === "/") return <Navigate to={firstPage(portal)} replace />;
  if (isShown(portal, path)) return <Outlet />;
  return (
    <Stack>
      <Title order={1} size="h2">
        This page is not part of the portal
      </Title>
      <Text>
        Go to{" "}
        <Anchor renderRoot={(props) => <Link to={firstPage(portal)} {...props} />}>the first page</Anchor>.
      </Text>
    </Stack>
  );
}
