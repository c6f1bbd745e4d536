import { Anchor, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { Empty } from "../../parts/empty.tsx";
import { Filters } from "../../parts/filters.tsx";
import { type Column, List } from "../../parts/list.tsx";
import { When } from "../../parts/when.tsx";
import { useApp } from "../use-app.ts";
import { webhooksQuery } from "../webhooks/queries.ts";
import { WebhookNav } from "../webhooks/webhook-nav.tsx";
import { BulkActions } from "./bulk-actions.tsx";
import { DeliveryStatus, statuses } from "./delivery-status.tsx";
import { outcomes, outcomeText } from "./outcomes.ts";
import { deliveriesQuery, type ListedDelivery } from "./queries.ts";

/** Where events went, newest first. */
export function DeliveryLog(): ReactNode {
  const { appId } = useApp();
  const filters = useSearch({ from: "/apps/$appId/webhooks/deliveries" });
  const { data } = useInfiniteQuery(webhooksQuery(appId));
  const webhooks = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  const urls = useMemo(
    () => Object.fromEntries(webhooks.map(({ url, webhookId }) => [webhookId, url])),
    [webhooks],
  );
  const columns = useMemo(() => columnsWith(urls), [urls]);
  const options = Object.fromEntries(
    webhooks.map(({ eventType, url, webhookId }) => [webhookId, `${eventType}, ${url}`]),
  );
  return (
    <Stack>
      <WebhookNav appId={appId} />
      <Filters
        filters={[
          { name: "status", label: "Status", options: statuses },
          { name: "webhookId", label: "Webhook", options: options },
          { name: "outcome", label: "Outcome", options: outcomes },
          { name: "httpStatus", label: "HTTP status" },
          { name: "eventType", label: "Event type" },
          { name: "instanceId", label: "Instance ID" },
          { name: "eventId", label: "Event ID" },
          { name: "since", label: "Created at or after", kind: "time" },
          { name: "until", label: "Created before", kind: "time" },
        ]}
      />
      <BulkActions appId={appId} filters={filters} />
      <List
        label="Deliveries"
        query={deliveriesQuery(appId, filters)}
        columns={columns}
        keyOf={({ deliveryId }) => deliveryId}
        empty={<NoDeliveries isFiltered={Object.keys(filters).length > 0} />}
      />
    </Stack>
  );
}

const columnsWith = (urls: Readonly<Record<string, string>>): readonly Column<ListedDelivery>[] => [
  { heading: "Event type", cell: (delivery) => <EventType delivery={delivery} /> },
  { heading: "Status", cell: ({ status }) => <DeliveryStatus status={status} /> },
  { heading: "Last response", from: "sm", cell: ({ lastAttempt }) => lastResponse(lastAttempt) },
  {
    heading: "Endpoint",
    from: "md",
    cell: ({ webhookId }) => <Endpoint url={urls[webhookId]} />,
  },
  { heading: "Attempts", from: "md", cell: ({ attempts }) => attempts },
  {
    heading: "Next attempt",
    from: "md",
    cell: ({ nextAttemptAt, sending }) =>
      sending ? "In progress" : <When at={nextAttemptAt} otherwise="None" />,
  },
  { heading: "Created", from: "sm", cell: ({ createdAt }) => <When at={createdAt} /> },
];

function EventType({ delivery: { appId, deliveryId, eventType } }: { delivery: ListedDelivery }): ReactNode {
  return (
    <Anchor
      inherit
      className="value"
      renderRoot={(props) => (
        <Link to="/apps/$appId/webhooks/deliveries/$deliveryId" params={{ appId, deliveryId }} {...props} />
      )}
    >
      {eventType}
    </Anchor>
  );
}

function Endpoint({ url }: { url: string | undefined }): ReactNode {
  return (
    <Text size="sm" truncate maw={220} title={url}>
      {url ?? "Deleted webhook"}
    </Text>
  );
}

function lastResponse(attempt: ListedDelivery["lastAttempt"]): string {
  if (attempt === null) return "None yet";
  return attempt.status === null ? outcomeText(attempt.outcome) : String(attempt.status);
}

function NoDeliveries({ isFiltered }: { isFiltered: boolean }): ReactNode {
  if (isFiltered) {
    return (
      <Empty
        title="No delivery matches the filter"
        text="Deliveries are kept for some time after they ended, by default 30 days."
      />
    );
  }
  return (
    <Empty
      title="No deliveries yet"
      text="A delivery is an event on its way to one webhook. Create a webhook, then send a test event from its page, or install the app on a site."
    />
  );
}
