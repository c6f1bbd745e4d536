import { Code, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { App } from "../../api/changes.ts";
import { meQuery } from "../../api/queries.ts";
import { JobButton } from "../../jobs/job-button.tsx";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { CopyButton } from "../../parts/copy-button.tsx";
import { type Column, List } from "../../parts/list.tsx";
import { Panel } from "../../parts/panel.tsx";
import { When } from "../../parts/when.tsx";
import { useChangeInstance } from "../instances/changes.ts";
import { InstanceLink } from "../instances/instance-link.tsx";
import { type Approval, approvalsQuery } from "./queries.ts";

const note =
  "The owners of these sites have not decided about scopes that you added. Their instances work with the old grant; send an owner the link to the approval page.";

const columns: readonly Column<Approval>[] = [
  { heading: "Instance", cell: (approval) => <InstanceLink {...approval} /> },
  { heading: "Added", from: "sm", cell: ({ added }) => <Added added={added} /> },
  { heading: "Since", from: "md", cell: ({ requestedAt }) => <When at={requestedAt} /> },
  { heading: "Approval", cell: (approval) => <Decide approval={approval} /> },
];

/** The instances that hold an old grant. */
export function OldGrants({ app: { appId } }: { app: App }): ReactNode {
  const isOperator = useIsOperator();
  return (
    <Panel title="Instances with an old grant" note={note}>
      {isOperator && (
        <div>
          <JobButton
            label="Approve all"
            text="You decide for the owners of all these sites: each instance gets the added scopes."
            request={{ action: "approve", filter: { appId } }}
            changes={["apps", appId]}
          />
        </div>
      )}
      <List
        label="Instances with an old grant"
        query={approvalsQuery(appId)}
        columns={columns}
        keyOf={({ instanceId }) => instanceId}
        empty={
          <Text size="sm">Every instance has the scopes that the app requests, or its owner declined.</Text>
        }
      />
    </Panel>
  );
}

function Added({ added }: Pick<Approval, "added">): ReactNode {
  return added.map(({ scopeId }) => (
    <Code key={scopeId} className="value">
      {scopeId}
    </Code>
  ));
}

function Decide({ approval: { approvalUrl, instanceId } }: { approval: Approval }): ReactNode {
  const change = useChangeInstance(instanceId);
  const isOperator = useIsOperator();
  return (
    <Group gap="xs">
      <CopyButton label="Link for the owner" value={approvalUrl} />
      {isOperator && (
        <ConfirmButton
          label="Approve"
          title="Approve the added scopes?"
          text="You decide for the owner of the site. The app may use the scopes at once."
          change={change}
          input="approve"
          size="compact-sm"
        />
      )}
    </Group>
  );
}

function useIsOperator(): boolean {
  return useQuery(meQuery).data?.account?.isOperator ?? false;
}
