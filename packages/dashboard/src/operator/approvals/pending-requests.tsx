import { Code, Group } from "@mantine/core";
import type { ReactNode } from "react";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { type Column, List } from "../../parts/list.tsx";
import { Panel } from "../../parts/panel.tsx";
import { When } from "../../parts/when.tsx";
import { useDecideInstallRequest } from "../changes.ts";
import { type InstallRequest, installRequestsQuery } from "../queries.ts";

const columns: readonly Column<InstallRequest>[] = [
  { heading: "App", from: "sm", cell: ({ appId }) => <Code>{appId}</Code> },
  { heading: "Site", from: "md", cell: ({ siteId }) => <Code>{siteId}</Code> },
  { heading: "Asked", cell: ({ createdAt }) => <When at={createdAt} /> },
  { heading: "Ends", from: "sm", cell: ({ expiresAt }) => <When at={expiresAt} /> },
  { heading: "Decision", cell: (request) => <Decision request={request} /> },
];

/** Requests of members of sites to install apps. */
export function PendingRequests(): ReactNode {
  return (
    <Panel
      title="Requests to install"
      note="A member of a site, who may not install apps, asks an owner. You can decide in the place of the owner."
    >
      <List
        label="Requests to install"
        query={installRequestsQuery}
        columns={columns}
        keyOf={({ requestId }) => requestId}
        empty={
          <Empty
            title="No requests"
            text="A request comes from a member whose role does not allow installing. It ends after 30 days."
          />
        }
      />
    </Panel>
  );
}

function Decision({ request: { requestId, siteId } }: { request: InstallRequest }): ReactNode {
  const decide = useDecideInstallRequest();
  return (
    <Group gap="xs">
      <ConfirmButton
        label="Approve"
        title="Install the app on the site?"
        text="The app is installed with all scopes that it requests, although no owner of the site has seen them."
        change={decide}
        input={{ siteId, requestId, approve: true }}
        size="compact-sm"
        danger
      />
      <ConfirmButton
        label="Decline"
        title="Decline the request?"
        text="The person returns to the app with an error. They can ask again."
        change={decide}
        input={{ siteId, requestId, approve: false }}
        size="compact-sm"
      />
    </Group>
  );
}
