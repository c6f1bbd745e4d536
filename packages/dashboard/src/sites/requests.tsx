import { Anchor, Group, Stack } from "@mantine/core";
import { useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ConfirmButton } from "../parts/confirm-button.tsx";
import { Empty } from "../parts/empty.tsx";
import { Filters } from "../parts/filters.tsx";
import { type Column, List } from "../parts/list.tsx";
import { When } from "../parts/when.tsx";
import { useDeclineRequest } from "./changes.ts";
import { type InstallRequest, requestsQuery } from "./queries.ts";
import { useSite } from "./use-site.ts";

const states = { pending: "Waiting for an owner", approved: "Approved", declined: "Declined" };
const ofMember =
  "When you ask for an app on the page Apps, your request is here, with what an owner decided. A request is kept for 30 days.";
const ofOwner =
  "When a member asks for an app, you approve or decline it here. A request is kept for 30 days.";

/** Requests of members to install apps: all for an owner, the own ones for other members. */
export function Requests(): ReactNode {
  const { mayManage, site } = useSite();
  const { state } = useSearch({ from: "/sites/$siteId/requests" });
  const columns: readonly Column<InstallRequest>[] = [
    { heading: "App", cell: ({ appName }) => appName ?? "A deleted app" },
    { heading: "State", cell: ({ state }) => states[state] },
    { heading: "Asked by", from: "sm", cell: ({ accountName }) => accountName ?? "A deleted account" },
    { heading: "Asked", from: "md", cell: ({ createdAt }) => <When at={createdAt} /> },
    { heading: "Actions", cell: (request) => <Actions request={request} mayManage={mayManage} /> },
  ];
  return (
    <Stack>
      <Filters filters={[{ name: "state", label: "State", options: states }]} />
      <List
        label="Requests"
        query={requestsQuery(site.siteId, state as InstallRequest["state"] | undefined)}
        columns={columns}
        keyOf={({ requestId }) => requestId}
        empty={<Empty title="There are no requests" text={mayManage ? ofOwner : ofMember} />}
      />
    </Stack>
  );
}

interface ActionsProps {
  readonly request: InstallRequest;
  readonly mayManage: boolean;
}

/** The page of a request shows what the app asks for; it opens in another tab, and this list follows. */
function Actions({ mayManage, request }: ActionsProps): ReactNode {
  const { appName, requestId, siteId, state } = request;
  const decline = useDeclineRequest(siteId);
  const isOpen = state === "pending" && appName !== null;
  return (
    <Group gap="xs" wrap="nowrap">
      {isOpen && (
        <Anchor size="sm" href={`/installer/requests/${requestId}`} target="_blank" rel="noopener">
          {mayManage ? "Decide" : "Show"}
        </Anchor>
      )}
      {mayManage && state === "pending" && (
        <ConfirmButton
          label="Decline"
          title={`Decline ${appName ?? "this app"}?`}
          text="Nothing is installed. The member sees that the request was declined, and can ask again."
          change={decline}
          input={request}
          size="compact-sm"
        />
      )}
    </Group>
  );
}
