import { Anchor, Group, Loader, Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Copyable } from "../../parts/copyable.tsx";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { webhookQuery } from "./queries.ts";
import { Replay } from "./replay.tsx";
import { Secret } from "./secret.tsx";
import { AddressForm, Format } from "./settings.tsx";
import { TestDelivery } from "./test-delivery.tsx";
import { WebhookActions } from "./webhook-actions.tsx";
import { WebhookHealth } from "./webhook-health.tsx";
import { WebhookNav } from "./webhook-nav.tsx";
import { WebhookState } from "./webhook-state.tsx";

/** A subscription: its state, and everything that can be done with it. */
export function WebhookPage(): ReactNode {
  const { appId, webhookId } = useParams({ from: "/apps/$appId/webhooks/$webhookId" });
  const { data: webhook, error } = useQuery(webhookQuery(appId, webhookId));
  return (
    <Stack>
      <WebhookNav appId={appId} />
      <ProblemAlert error={error} />
      {!webhook && !error && <Loader aria-label="Loading" />}
      {webhook && (
        <>
          <Group>
            <Title order={3} className="value">
              {webhook.eventType}
            </Title>
            <WebhookState state={webhook.state} />
          </Group>
          <WebhookHealth webhook={webhook} />
          <Group>
            <WebhookActions webhook={webhook} />
            <Anchor
              renderRoot={(props) => (
                <Link
                  to="/apps/$appId/webhooks/deliveries"
                  params={{ appId }}
                  search={{ webhookId }}
                  {...props}
                />
              )}
            >
              Deliveries of this webhook
            </Anchor>
          </Group>
          <TestDelivery webhook={webhook} />
          <AddressForm key={webhookId} webhook={webhook} />
          <Format webhook={webhook} />
          <Replay webhook={webhook} />
          <Secret webhook={webhook} />
          <Copyable label="Webhook ID" value={webhookId} />
        </>
      )}
    </Stack>
  );
}
