import { Anchor, Button, Code, Group, Stack, Title } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { meQuery } from "../api/queries.ts";
import { Empty } from "../parts/empty.tsx";
import { Filters } from "../parts/filters.tsx";
import { type Column, List } from "../parts/list.tsx";
import { When } from "../parts/when.tsx";
import { type Site, sitesQuery } from "./queries.ts";

const columns: readonly Column<Site>[] = [
  { heading: "Name", cell: (site) => <Name site={site} /> },
  { heading: "Site ID", from: "sm", cell: ({ siteId }) => <Code>{siteId}</Code> },
  { heading: "Created", from: "xs", cell: ({ createdAt }) => <When at={createdAt} /> },
];

/** The sites of the account. */
export function SiteList(): ReactNode {
  const filters = useSearch({ from: "/sites" });
  const { account } = useSuspenseQuery(meQuery).data;
  const mayCreate = account !== null && (account.isDeveloper || account.isOperator);
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={2}>Sites</Title>
        {mayCreate && (
          <Button renderRoot={(props) => <Link to="/sites/new" {...props} />}>Create a site</Button>
        )}
      </Group>
      <Filters filters={[{ name: "name", label: "Name" }]} />
      <List
        label="Sites"
        query={sitesQuery(filters)}
        columns={columns}
        keyOf={({ siteId }) => siteId}
        empty={filters.name === undefined ? <NoSites mayCreate={mayCreate} /> : <NoMatch />}
      />
    </Stack>
  );
}

function Name({ site: { name, siteId } }: { site: Site }): ReactNode {
  return (
    <Anchor
      className="value"
      renderRoot={(props) => <Link to="/sites/$siteId" params={{ siteId }} {...props} />}
    >
      {name}
    </Anchor>
  );
}

function NoMatch(): ReactNode {
  return <Empty title="No site has this name" text="The name of a site contains the text that you enter." />;
}

function NoSites({ mayCreate }: { mayCreate: boolean }): ReactNode {
  if (!mayCreate) {
    return (
      <Empty
        title="You belong to no site yet"
        text="A site is what apps are installed on. Give your Account ID to an owner of a site, who adds you as a member."
      >
        <Button renderRoot={(props) => <Link to="/account" {...props} />}>Show my Account ID</Button>
      </Empty>
    );
  }
  return (
    <Empty
      title="You have no sites yet"
      text="A site is what apps are installed on: a shop, a workspace, a tenant. Create one to try an app."
    >
      <Button renderRoot={(props) => <Link to="/sites/new" {...props} />}>Create your first site</Button>
    </Empty>
  );
}
