import { Anchor, Code, Stack } from "@mantine/core";
import { Link, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Copyable } from "../../parts/copyable.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Filters } from "../../parts/filters.tsx";
import { type Column, List } from "../../parts/list.tsx";
import { When } from "../../parts/when.tsx";
import { useApp } from "../use-app.ts";
import { InstanceLink } from "./instance-link.tsx";
import { type Instance, instancesQuery } from "./queries.ts";
import { StateBadge } from "./state-badge.tsx";

const filters = [
  {
    name: "state",
    label: "State",
    options: { installed: "Installed", suspended: "Suspended", removed: "Removed" },
  },
  { name: "site", label: "Site ID or external ID" },
  { name: "grant", label: "Grant", options: { old: "Has an old grant" } },
  {
    name: "tokens",
    label: "Tokens",
    options: { never: "Never requested a token", newest: "Newest token first" },
  },
] as const;

const columns: readonly Column<Instance>[] = [
  { heading: "Instance", cell: (instance) => <InstanceLink {...instance} /> },
  { heading: "State", cell: ({ state }) => <StateBadge state={state} /> },
  { heading: "Last token", from: "xs", cell: ({ lastTokenAt }) => <When at={lastTokenAt} /> },
  { heading: "Site", from: "md", cell: ({ siteId }) => <Code>{siteId}</Code> },
  { heading: "Installed", from: "sm", cell: ({ createdAt }) => <When at={createdAt} /> },
];

/** The instances of an app. */
export function InstancesPage(): ReactNode {
  const { appId } = useApp();
  const search = useSearch({ from: "/apps/$appId/instances" });
  const isFiltered = Object.keys(search).length > 0;
  return (
    <Stack>
      <Filters filters={filters} />
      <List
        label="Instances"
        query={instancesQuery(appId, search)}
        columns={columns}
        keyOf={({ instanceId }) => instanceId}
        empty={isFiltered ? <NothingFound /> : <NotInstalled appId={appId} />}
      />
    </Stack>
  );
}

function NothingFound(): ReactNode {
  return <Empty title="No instance matches" text="Change or clear the filters." />;
}

function NotInstalled({ appId }: { appId: string }): ReactNode {
  return (
    <Empty
      title="This app is not installed on any site"
      text="When somebody installs it, the site gets an instance with an id of its own, and the app gets AppInstalled. Install it yourself with an admin key:"
    >
      <Copyable
        label="Install"
        language="bash"
        value={`curl -X POST "${globalThis.location.origin}/admin/v1/sites/$SITE_ID/instances" \\
  -H "Authorization: Bearer $LATCHKEY_ADMIN_KEY" -H "Content-Type: application/json" \\
  -d '{"appId":"${appId}"}'`}
      />
      <Anchor renderRoot={(props) => <Link to="/apps/$appId/overview" params={{ appId }} {...props} />}>
        What is set up, and what is missing
      </Anchor>
    </Empty>
  );
}
