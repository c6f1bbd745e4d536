import { Code, Group, Stack, Text } from "@mantine/core";
import { useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { CopyButton } from "../../parts/copy-button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Filters } from "../../parts/filters.tsx";
import { type Column, List } from "../../parts/list.tsx";
import { When } from "../../parts/when.tsx";
import { InstanceLink } from "../instances/instance-link.tsx";
import { useApp } from "../use-app.ts";
import { LogNav } from "./log-nav.tsx";
import { type LogEntry, logQuery } from "./queries.ts";
import { explain, reasons } from "./reasons.ts";
import { Retention } from "./retention.tsx";

const filters = [
  { name: "requestId", label: "Request ID" },
  { name: "instanceId", label: "Instance ID" },
  {
    name: "reason",
    label: "Reason",
    options: Object.fromEntries(Object.keys(reasons).map((one) => [one, one])),
  },
  {
    name: "kind",
    label: "Credential",
    options: { client: "App secret", "access-token": "Access token", "api-key": "API key" },
  },
  { name: "since", label: "Since", kind: "time" },
  { name: "until", label: "Until", kind: "time" },
] as const;

const columns: readonly Column<LogEntry>[] = [
  { heading: "Last", cell: ({ lastAt }) => <When at={lastAt} /> },
  { heading: "Reason", cell: ({ reason }) => <Reason reason={reason} /> },
  { heading: "Requests", from: "xs", cell: ({ requests }) => requests.toLocaleString() },
  { heading: "Route", from: "sm", cell: ({ route }) => <Text size="sm">{route ?? "Several"}</Text> },
  { heading: "Instance", from: "md", cell: (entry) => <Instance entry={entry} /> },
  { heading: "Request ID", from: "md", cell: ({ lastRequestId }) => <RequestId requestId={lastRequestId} /> },
];

/** The refused requests of an app, with the reason that the response did not tell. */
export function LogsPage(): ReactNode {
  const { appId } = useApp();
  const search = useSearch({ from: "/apps/$appId/logs" });
  const isFiltered = Object.keys(search).length > 0;
  return (
    <Stack>
      <LogNav appId={appId} />
      <Retention
        kind="tokenLog"
        text="Refused requests of this app, with the reason; the newest 10,000 entries. Requests of one hour with the same reason are one entry."
      />
      <Filters filters={filters} />
      <List
        label="Refused requests"
        query={logQuery(appId, search)}
        columns={columns}
        keyOf={({ entryId }) => entryId}
        empty={<NoRequests isFiltered={isFiltered} />}
      />
    </Stack>
  );
}

function Reason({ reason }: { reason: string }): ReactNode {
  return (
    <>
      <Text size="sm" fw={600}>
        {reason}
      </Text>
      <Text size="sm">{explain(reason)}</Text>
    </>
  );
}

function Instance({ entry: { appId, instanceId } }: { entry: LogEntry }): ReactNode {
  return instanceId === null ? "None" : <InstanceLink appId={appId} instanceId={instanceId} />;
}

function RequestId({ requestId }: { requestId: string }): ReactNode {
  return (
    <Group gap="xs" wrap="nowrap">
      <Code>{requestId.slice(0, 8)}…</Code>
      <CopyButton label="Request ID" value={requestId} />
    </Group>
  );
}

function NoRequests({ isFiltered }: { isFiltered: boolean }): ReactNode {
  if (isFiltered) {
    return (
      <Empty
        title="No refused request matches"
        text="Change or clear the filters. A request that was accepted has no entry. An entry is found by the id of its first and of its last request."
      />
    );
  }
  return (
    <Empty
      title="No request of this app was refused"
      text="When the server refuses a token request or a call with a token of this app, the reason is here five seconds later. Responses have the header x-request-id, by which you find it."
    />
  );
}
