import { Badge, Stack, Text } from "@mantine/core";
import { useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Empty } from "../../parts/empty.tsx";
import { Filters } from "../../parts/filters.tsx";
import { type Column, List } from "../../parts/list.tsx";
import { When } from "../../parts/when.tsx";
import { InstanceLink } from "../instances/instance-link.tsx";
import { useApp } from "../use-app.ts";
import { LogNav } from "./log-nav.tsx";
import { type PluginCall, pluginCallsQuery } from "./queries.ts";
import { Retention } from "./retention.tsx";

const outcomes = {
  ANSWERED: "Succeeded",
  TIMEOUT: "Timeout",
  UNREACHABLE: "Unreachable",
  REFUSED: "Wrong status",
  INVALID_ANSWER: "Invalid response",
  APPLICATION_ERROR: "Error of the app",
  CIRCUIT_OPEN: "Not called: failed before",
  LOOP: "Not called: loop",
  TOO_MANY_CALLS: "Not called: too many calls",
  SCHEMA_TOO_EXPENSIVE: "Schema too expensive",
} as const;

const filters = [
  { name: "requestId", label: "Request ID" },
  { name: "instanceId", label: "Instance ID" },
  { name: "outcome", label: "Outcome", options: outcomes },
  { name: "since", label: "Since", kind: "time" },
  { name: "until", label: "Until", kind: "time" },
] as const;

const columns: readonly Column<PluginCall>[] = [
  { heading: "When", cell: ({ startedAt }) => <When at={startedAt} /> },
  { heading: "Method", cell: (call) => <Method call={call} /> },
  { heading: "Outcome", cell: ({ outcome }) => <Outcome outcome={outcome} /> },
  { heading: "Duration", from: "sm", cell: ({ durationMs }) => `${durationMs.toLocaleString()} ms` },
  { heading: "Instance", from: "md", cell: (call) => <InstanceLink {...call} /> },
];

/** The calls of the service plugins of an app. */
export function PluginCallsPage(): ReactNode {
  const { appId } = useApp();
  const search = useSearch({ from: "/apps/$appId/logs/plugin-calls" });
  return (
    <Stack>
      <LogNav appId={appId} />
      <Retention kind="pluginCalls" text="Calls of the service plugins of this app." />
      <Filters filters={filters} />
      <List
        label="Plugin calls"
        query={pluginCallsQuery(appId, search)}
        columns={columns}
        keyOf={({ callId }) => callId}
        empty={
          <Empty
            title="No call is here"
            text="The platform calls a service plugin of this app where it is installed. A call is here two seconds later; test one on the page Extensions."
          />
        }
      />
    </Stack>
  );
}

function Method({ call: { componentType, detail, method } }: { call: PluginCall }): ReactNode {
  return (
    <>
      <Text size="sm" className="value">
        {componentType}.{method}
      </Text>
      {detail !== null && (
        <Text size="sm" c="dimmed" className="value">
          {detail}
        </Text>
      )}
    </>
  );
}

function Outcome({ outcome }: Pick<PluginCall, "outcome">): ReactNode {
  return (
    <Badge color={outcome === "ANSWERED" ? "teal.9" : "red.9"} tt="none" miw="max-content">
      {outcome}
    </Badge>
  );
}
