import { Anchor, Badge, Button, Group, Loader, Paper, Stack, Table, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { App } from "../api/changes.ts";
import { appsQuery } from "../api/queries.ts";
import { ProblemAlert } from "../parts/problem-alert.tsx";
import { VirtualTable } from "../parts/virtual-table.tsx";
import { When } from "../parts/when.tsx";

/** The apps that the account may manage. */
export function AppList(): ReactNode {
  const { data, error, fetchNextPage, hasNextPage, isFetching, isPending } = useInfiniteQuery(appsQuery);
  const apps = data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={2}>Apps</Title>
        <Button renderRoot={(props) => <Link to="/apps/new" {...props} />}>Create an app</Button>
      </Group>
      <ProblemAlert error={error} />
      {isPending && <Loader aria-label="Loading" />}
      {data && apps.length === 0 && !hasNextPage && <NoApps />}
      {apps.length > 0 && (
        <VirtualTable
          label="Apps"
          columns={<Headings />}
          items={apps}
          keyOf={({ appId }) => appId}
          row={(app) => <AppCells app={app} />}
          more={{ hasMore: hasNextPage, isFetching, load: fetchNextPage }}
        />
      )}
    </Stack>
  );
}

function Headings(): ReactNode {
  return (
    <>
      <Table.Th>Name</Table.Th>
      <Table.Th visibleFrom="sm">App ID</Table.Th>
      <Table.Th visibleFrom="xs">Created</Table.Th>
    </>
  );
}

function AppCells({ app: { appId, createdAt, enabled, name } }: { app: App }): ReactNode {
  return (
    <>
      <Table.Td>
        <Anchor renderRoot={(props) => <Link to="/apps/$appId" params={{ appId }} {...props} />}>
          {name}
        </Anchor>{" "}
        {!enabled && <Badge color="red">Disabled</Badge>}
      </Table.Td>
      <Table.Td ff="monospace" visibleFrom="sm">
        {appId}
      </Table.Td>
      <Table.Td visibleFrom="xs">
        <When at={createdAt} />
      </Table.Td>
    </>
  );
}

function NoApps(): ReactNode {
  return (
    <Paper withBorder p="lg">
      <Title order={3} size="h4">
        You have no apps yet
      </Title>
      <Text my="sm">
        An app has an App ID and a secret. When somebody installs it on a site, it exchanges both for an
        access token to that site. To begin, it needs only a name.
      </Text>
      <Button renderRoot={(props) => <Link to="/apps/new" {...props} />}>Create your first app</Button>
    </Paper>
  );
}
