import { Anchor, Code, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Empty } from "../../parts/empty.tsx";
import { type Column, List } from "../../parts/list.tsx";
import { Panel } from "../../parts/panel.tsx";
import { When } from "../../parts/when.tsx";
import { type Approval, approvalsQuery } from "../queries.ts";

const columns: readonly Column<Approval>[] = [
  { heading: "App", from: "sm", cell: ({ appId }) => <Code>{appId}</Code> },
  { heading: "Site", from: "md", cell: ({ siteId }) => <Code>{siteId}</Code> },
  {
    heading: "Added scopes",
    cell: ({ added }) => <Text size="sm">{added.map(({ scopeId }) => scopeId).join(", ") || "None"}</Text>,
  },
  { heading: "Since", from: "sm", cell: ({ requestedAt }) => <When at={requestedAt} /> },
  {
    heading: "Decision",
    cell: ({ approvalUrl }) => (
      <Anchor href={approvalUrl} size="sm">
        Page of the owner
      </Anchor>
    ),
  },
];

/** Instances whose owner has to decide about scopes that the app added. */
export function PendingApprovals(): ReactNode {
  return (
    <Panel
      title="Permissions to approve"
      note="An app added scopes, and the owner of the site has not decided. Until then the instance works with the old grant."
    >
      <List
        label="Permissions to approve"
        query={approvalsQuery}
        columns={columns}
        keyOf={({ instanceId }) => instanceId}
        empty={
          <Empty
            title="Nothing to approve"
            text="When an app adds scopes, each of its instances is listed here until the owner of its site decides."
          />
        }
      />
    </Panel>
  );
}
