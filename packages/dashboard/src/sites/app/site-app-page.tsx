import { Anchor, Button, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Copyable } from "../../parts/copyable.tsx";
import { Panel } from "../../parts/panel.tsx";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { When } from "../../parts/when.tsx";
import { PageLink } from "../apps/page-link.tsx";
import { type SiteApp, siteAppQuery } from "../queries.ts";
import { useSite } from "../use-site.ts";
import { AppState } from "./app-state.tsx";
import { InstanceActions } from "./instance-actions.tsx";
import { Permissions } from "./permissions.tsx";
import { Proposal } from "./proposal.tsx";

/** An app on the site: what it may do, its pages, and what can be done with it. */
export function SiteAppPage(): ReactNode {
  const ids = useParams({ from: "/sites/$siteId/apps/$appId" });
  const { data: app, error, isPending } = useQuery(siteAppQuery(ids));
  return (
    <Stack>
      <ProblemAlert error={error} />
      {isPending && <Loader aria-label="Loading" />}
      {app && <Shown app={app} />}
    </Stack>
  );
}

function Shown({ app }: { app: SiteApp }): ReactNode {
  const { mayManage } = useSite();
  const { appId, siteId, state } = app;
  const isOpen = app.scopes.some(({ status }) => status === "added" || status === "dropped");
  return (
    <>
      <div>
        <Anchor size="sm" renderRoot={(props) => <Link to="/sites/$siteId" params={{ siteId }} {...props} />}>
          All apps
        </Anchor>
        <Group gap="xs">
          <Title order={3} className="value">
            {app.name}
          </Title>
          <AppState app={app} />
        </Group>
      </div>
      {state === "removed" && (
        <Panel
          title="This app is removed"
          note="It keeps its instance ID: it gets the same one when it is installed again."
        >
          <Group>
            <Button component="a" href={`/installer/dashboard?${new URLSearchParams({ appId, siteId })}`}>
              {mayManage ? "Install it again" : "Ask for it again"}
            </Button>
          </Group>
        </Panel>
      )}
      {state === "installed" && isOpen && <Proposal app={app} mayManage={mayManage} />}
      {state !== "removed" && <Permissions app={app} mayManage={mayManage} />}
      {state === "installed" && <Pages app={app} />}
      <Panel title="Instance" note="This ID names the app on this site, in its tokens and in its webhooks.">
        <Copyable label="Instance ID" value={app.instanceId} />
        <Copyable label="App ID" value={appId} />
        <Text size="sm">
          Added <When at={app.createdAt} />. Last token: <When at={app.lastTokenAt} />.
        </Text>
        <InstanceActions app={app} />
      </Panel>
    </>
  );
}

function Pages({ app }: { app: SiteApp }): ReactNode {
  return (
    <Panel
      title="Pages"
      note="The address of a page has a signed parameter with your Account ID and your role."
    >
      {app.pages.length === 0 && <Text size="sm">This app has no pages.</Text>}
      {app.pages.map((page) => (
        <PageLink key={page.extensionId} app={app} page={page} />
      ))}
    </Panel>
  );
}
