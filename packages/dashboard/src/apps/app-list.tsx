import { Anchor, Badge, Button, Code, Group, Stack, Title } from "@mantine/core";
import { Link, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { App } from "../api/changes.ts";
import { appsQuery } from "../api/queries.ts";
import { Empty } from "../parts/empty.tsx";
import { Filters } from "../parts/filters.tsx";
import { type Column, List } from "../parts/list.tsx";
import { When } from "../parts/when.tsx";

const columns: readonly Column<App>[] = [
  { heading: "Name", cell: (app) => <Name app={app} /> },
  { heading: "App ID", from: "sm", cell: ({ appId }) => <Code>{appId}</Code> },
  { heading: "Created", from: "xs", cell: ({ createdAt }) => <When at={createdAt} /> },
];

/** The apps that the account may manage. */
export function AppList(): ReactNode {
  const filters = useSearch({ from: "/apps" });
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={2}>Apps</Title>
        <Button renderRoot={(props) => <Link to="/apps/new" {...props} />}>Create an app</Button>
      </Group>
      <Filters filters={[{ name: "name", label: "Name" }]} />
      <List
        label="Apps"
        query={appsQuery(filters)}
        columns={columns}
        keyOf={({ appId }) => appId}
        empty={filters.name === undefined ? <NoApps /> : <NoMatch />}
      />
    </Stack>
  );
}

function Name({ app: { appId, enabled, name } }: { app: App }): ReactNode {
  return (
    <>
      <Anchor renderRoot={(props) => <Link to="/apps/$appId" params={{ appId }} {...props} />}>{name}</Anchor>{" "}
      {!enabled && <Badge color="red">Disabled</Badge>}
    </>
  );
}

function NoApps(): ReactNode {
  return (
    <Empty
      title="You have no apps yet"
      text="An app has an App ID and a secret. When somebody installs it on a site, it exchanges both for an access token to that site. To begin, it needs only a name."
    >
      <Button renderRoot={(props) => <Link to="/apps/new" {...props} />}>Create your first app</Button>
    </Empty>
  );
}

function NoMatch(): ReactNode {
  return <Empty title="No app has this name" text="The name of an app contains the text that you enter." />;
}
