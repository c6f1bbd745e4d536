import { Anchor } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { TimelineEntry } from "./queries.ts";

/** The pages that list each kind of entry, below the app; changes are listed by the timeline itself. */
const lists: Record<TimelineEntry["kind"], string> = {
  "refused-request": "logs",
  delivery: "webhooks/deliveries",
  "plugin-call": "logs/plugin-calls",
  change: "instances/$instanceId",
};

/** The kind of an entry, which leads to the list of this kind, filtered for the instance. */
export function EntryLink({ entry, label }: { entry: TimelineEntry; label: string }): ReactNode {
  const { appId, instanceId } = useParams({ from: "/apps/$appId/instances/$instanceId" });
  const { kind, requestId } = entry;
  const to = `/apps/${appId}/${lists[kind].replace("$instanceId", instanceId)}`;
  const search: Record<string, string> =
    kind === "change" ? { kinds: kind } : { instanceId, ...(requestId !== null && { requestId }) };
  return (
    <Anchor size="sm" renderRoot={(props) => <Link to={to} search={search} {...props} />}>
      {label}
    </Anchor>
  );
}
