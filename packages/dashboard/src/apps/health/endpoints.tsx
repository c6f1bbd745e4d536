import { Anchor, Badge, Code, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { type Column, List } from "../../parts/list.tsx";
import { Panel } from "../../parts/panel.tsx";
import { When } from "../../parts/when.tsx";
import { EndpointAlert } from "./endpoint-alert.tsx";
import { type Webhook, webhooksQuery } from "./queries.ts";

const colours = { active: "teal.9", failing: "red.9", paused: "red.9", unconfirmed: "gray.7" } as const;

const columns: readonly Column<Webhook>[] = [
  { heading: "Endpoint", cell: (webhook) => <Endpoint webhook={webhook} /> },
  {
    heading: "State",
    cell: ({ state }) => (
      <Badge color={colours[state]} miw="max-content">
        {state}
      </Badge>
    ),
  },
  { heading: "Failures in a row", from: "xs", cell: ({ failures }) => failures.toLocaleString() },
  {
    heading: "Failing since",
    from: "sm",
    cell: ({ failingSince }) => <When at={failingSince} otherwise="" />,
  },
];

/** The endpoints of an app: those that fail or are paused first. */
export function Endpoints({ appId }: { appId: string }): ReactNode {
  const query = webhooksQuery(appId);
  const { data } = useInfiniteQuery(query);
  const webhooks = data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Panel
      title="Endpoints"
      note="Where events of this app are sent, and the failures since the last success."
    >
      {webhooks
        .filter(({ state }) => state === "failing" || state === "paused")
        .map((webhook) => (
          <EndpointAlert key={webhook.webhookId} webhook={webhook} />
        ))}
      <List
        label="Endpoints"
        query={query}
        columns={columns}
        keyOf={({ webhookId }) => webhookId}
        empty={<Text size="sm">This app has no webhooks.</Text>}
      />
    </Panel>
  );
}

function Endpoint({ webhook: { appId, eventType, url, webhookId } }: { webhook: Webhook }): ReactNode {
  return (
    <>
      <Code className="value">{url}</Code>
      <Anchor
        display="block"
        size="sm"
        renderRoot={(props) => (
          <Link to={`/apps/${appId}/webhooks/deliveries`} search={{ webhookId }} {...props} />
        )}
      >
        Deliveries of {eventType}
      </Anchor>
    </>
  );
}
