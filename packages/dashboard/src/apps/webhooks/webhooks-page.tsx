import { Anchor, Stack } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Empty } from "../../parts/empty.tsx";
import { type Column, List } from "../../parts/list.tsx";
import { When } from "../../parts/when.tsx";
import { useApp } from "../use-app.ts";
import { NewWebhook } from "./new-webhook.tsx";
import { type Webhook, webhooksQuery } from "./queries.ts";
import { WebhookNav } from "./webhook-nav.tsx";
import { WebhookState } from "./webhook-state.tsx";

const columns: readonly Column<Webhook>[] = [
  { heading: "Event type", cell: (webhook) => <EventType webhook={webhook} /> },
  { heading: "State", cell: ({ state }) => <WebhookState state={state} /> },
  { heading: "URL", from: "sm", cell: ({ url }) => <span className="value">{url}</span> },
  { heading: "Created", from: "md", cell: ({ createdAt }) => <When at={createdAt} /> },
];

/** The subscriptions of an app, and a form for another one. */
export function WebhooksPage(): ReactNode {
  const { appId } = useApp();
  return (
    <Stack>
      <WebhookNav appId={appId} />
      <List
        label="Webhooks"
        query={webhooksQuery(appId)}
        columns={columns}
        keyOf={({ webhookId }) => webhookId}
        empty={
          <Empty
            title="No webhooks yet"
            text="A webhook sends every event of one type to a URL of your app, from each site that has the app. Begin with AppInstalled: it tells your app that it has a new instance."
          />
        }
      />
      <NewWebhook appId={appId} />
    </Stack>
  );
}

function EventType({ webhook: { appId, eventType, webhookId } }: { webhook: Webhook }): ReactNode {
  return (
    <Anchor
      inherit
      className="value"
      renderRoot={(props) => (
        <Link to="/apps/$appId/webhooks/$webhookId" params={{ appId, webhookId }} {...props} />
      )}
    >
      {eventType}
    </Anchor>
  );
}
