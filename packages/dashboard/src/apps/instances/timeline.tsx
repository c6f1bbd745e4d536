import { Badge, Text } from "@mantine/core";
import { useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Empty } from "../../parts/empty.tsx";
import { Filters } from "../../parts/filters.tsx";
import { type Column, List } from "../../parts/list.tsx";
import { Panel } from "../../parts/panel.tsx";
import { When } from "../../parts/when.tsx";
import { explain } from "../logs/reasons.ts";
import { EntryLink } from "./entry-link.tsx";
import { type Instance, type TimelineEntry, timelineQuery } from "./queries.ts";

const kinds: Record<TimelineEntry["kind"], string> = {
  "refused-request": "Refused request",
  delivery: "Delivery",
  "plugin-call": "Plugin call",
  change: "Change",
};

const filters = [
  { name: "kinds", label: "Kind", options: kinds },
  { name: "since", label: "Since", kind: "time" },
  { name: "until", label: "Until", kind: "time" },
] as const;

const good = ["delivered", "ANSWERED"];
const waiting = ["pending", "blocked", "canceled"];

const columns: readonly Column<TimelineEntry>[] = [
  { heading: "When", cell: ({ at }) => <When at={at} /> },
  { heading: "What", cell: (entry) => <What entry={entry} /> },
  { heading: "Outcome", cell: (entry) => <Outcome entry={entry} /> },
  { heading: "Details", from: "md", cell: (entry) => <Text size="sm">{detailsOf(entry)}</Text> },
];

/** Everything that is recorded about an instance, newest first. */
export function Timeline({ instance }: { instance: Instance }): ReactNode {
  const search = useSearch({ from: "/apps/$appId/instances/$instanceId" });
  return (
    <Panel title="Timeline" note="Refused requests, deliveries, plugin calls and changes, newest first.">
      <Filters filters={filters} />
      <List
        label="Timeline"
        query={timelineQuery(instance.instanceId, search)}
        columns={columns}
        keyOf={({ id }) => id}
        empty={<Empty title="Nothing is recorded here" text="Change or clear the filters." />}
      />
    </Panel>
  );
}

function What({ entry }: { entry: TimelineEntry }): ReactNode {
  return (
    <>
      <EntryLink entry={entry} label={kinds[entry.kind]} />
      <Text size="sm" className="value" miw={{ base: 0, sm: 190 }}>
        {entry.name}
      </Text>
    </>
  );
}

function Outcome({ entry: { outcome, requests } }: { entry: TimelineEntry }): ReactNode {
  if (outcome === null) return null;
  const color = good.includes(outcome) ? "teal.9" : waiting.includes(outcome) ? "gray.7" : "red.9";
  return (
    <Badge color={color} tt="none" miw="max-content">
      {outcome}
      {requests !== null && requests > 1 && ` × ${requests.toLocaleString()}`}
    </Badge>
  );
}

function detailsOf({ actor, detail, durationMs, httpStatus, kind, outcome }: TimelineEntry): string {
  if (kind === "refused-request") return explain(outcome ?? "");
  if (kind === "change") return `by ${actor}`;
  const facts = [
    httpStatus === null ? "" : `HTTP ${httpStatus}`,
    durationMs === null ? "" : `${durationMs} ms`,
    detail ?? "",
  ];
  return facts.filter((fact) => fact !== "").join(", ");
}
