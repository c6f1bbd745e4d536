import { Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { meQuery } from "../../api/queries.ts";
import type { TimelineEntry } from "./queries.ts";

/** The pages below the app that list each kind of entry. */
const lists = {
  "refused-request": "logs",
  delivery: "webhooks/deliveries",
  "plugin-call": "logs/plugin-calls",
} as const;

/**
 * The kind of an entry, which leads to the list of this kind, filtered for the instance. Only operators have a page of all
 * changes; for others the timeline itself lists those of the instance.
 */
export function EntryLink({ entry, label }: { entry: TimelineEntry; label: string }): ReactNode {
  const { appId, instanceId } = useParams({ from: "/apps/$appId/instances/$instanceId" });
  const isOperator = useQuery(meQuery).data?.account?.isOperator ?? false;
  const { search, to } = listOf(entry, { appId, instanceId, isOperator });
  return (
    <Anchor size="sm" renderRoot={(props) => <Link to={to} search={search} {...props} />}>
      {label}
    </Anchor>
  );
}

interface Where {
  readonly appId: string;
  readonly instanceId: string;
  readonly isOperator: boolean;
}

function listOf({ kind, requestId }: TimelineEntry, { appId, instanceId, isOperator }: Where) {
  const search: Record<string, string> = { instanceId, ...(requestId !== null && { requestId }) };
  if (kind !== "change") return { to: `/apps/${appId}/${lists[kind]}`, search };
  if (isOperator) return { to: "/operator/audit", search };
  return { to: `/apps/${appId}/instances/${instanceId}`, search: { kinds: kind } };
}
