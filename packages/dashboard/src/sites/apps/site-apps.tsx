import { Anchor, Badge, Button, Group, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { isPortal } from "../../api/address.ts";
import { Empty } from "../../parts/empty.tsx";
import { type Column, List } from "../../parts/list.tsx";
import { When } from "../../parts/when.tsx";
import { AppState } from "../app/app-state.tsx";
import { type SiteApp, siteAppsQuery } from "../queries.ts";
import { useSite } from "../use-site.ts";
import { PageLink } from "./page-link.tsx";

const columns: readonly Column<SiteApp>[] = [
  { heading: "App", cell: (app) => <Name app={app} /> },
  { heading: "Pages", cell: (app) => <Pages app={app} /> },
  { heading: "Last token", from: "md", cell: ({ lastTokenAt }) => <When at={lastTokenAt} /> },
  { heading: "Added", from: "sm", cell: ({ createdAt }) => <When at={createdAt} /> },
];

/** The apps of the site. */
export function SiteApps(): ReactNode {
  const { mayManage, site } = useSite();
  const { siteId } = site;
  const install = mayManage ? "Install an app" : "Ask for an app";
  const button = (
    <Button renderRoot={(props) => <Link to="/sites/$siteId/install" params={{ siteId }} {...props} />}>
      {install}
    </Button>
  );
  return (
    <Stack>
      {!isPortal && <Group justify="flex-end">{button}</Group>}
      <List
        label="Apps"
        query={siteAppsQuery(siteId)}
        columns={isPortal ? columns.filter(({ heading }) => heading !== "Pages") : columns}
        keyOf={({ instanceId }) => instanceId}
        empty={
          <Empty
            title="No app is installed on this site"
            text="An installed app can read and change what its owner approved, and can add pages here. To install one, you need its App ID, which its developer gives you."
          />
        }
      />
    </Stack>
  );
}

function Name({ app }: { app: SiteApp }): ReactNode {
  const { appId, scopes, siteId, state } = app;
  const hasNew = state === "installed" && scopes.some(({ status }) => status === "added");
  return (
    <Group gap="xs">
      <Anchor
        className="value"
        renderRoot={(props) => <Link to="/sites/$siteId/apps/$appId" params={{ siteId, appId }} {...props} />}
      >
        {app.name}
      </Anchor>
      <AppState app={app} />
      {hasNew && <Badge color="blue.9">New permissions</Badge>}
    </Group>
  );
}

function Pages({ app }: { app: SiteApp }): ReactNode {
  if (app.state !== "installed" || !app.enabled) return null;
  if (app.pages.length === 0) return <Text size="sm">None</Text>;
  return (
    <Stack gap={0}>
      {app.pages.map((page) => (
        <PageLink key={page.extensionId} app={app} page={page} />
      ))}
    </Stack>
  );
}
