import { Anchor, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { Copyable } from "../../parts/copyable.tsx";
import { Json } from "../../parts/json/json.tsx";
import { Panel } from "../../parts/panel.tsx";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { When } from "../../parts/when.tsx";
import { InstanceLink } from "../instances/instance-link.tsx";
import { webhookQuery } from "../webhooks/queries.ts";
import { WebhookNav } from "../webhooks/webhook-nav.tsx";
import { AsCurl } from "./as-curl.tsx";
import { Attempts } from "./attempts.tsx";
import { useResend } from "./changes.ts";
import { DeliveryStatus } from "./delivery-status.tsx";
import { type DeliveryDetails, deliveryQuery } from "./queries.ts";

/** A delivery: its event, and every request that was made for it. */
export function DeliveryPage(): ReactNode {
  const { appId, deliveryId } = useParams({ from: "/apps/$appId/webhooks/deliveries/$deliveryId" });
  const { data: delivery, error } = useQuery(deliveryQuery(appId, deliveryId));
  return (
    <Stack>
      <WebhookNav appId={appId} />
      <ProblemAlert error={error} />
      {!delivery && !error && <Loader aria-label="Loading" />}
      {delivery && <Delivery appId={appId} delivery={delivery} />}
    </Stack>
  );
}

function Delivery({ appId, delivery }: { appId: string; delivery: DeliveryDetails }): ReactNode {
  const { deliveryId, eventId, eventType, identity, payload, status } = delivery;
  const webhook = useQuery(webhookQuery(appId, delivery.webhookId));
  return (
    <>
      <Group>
        <Title order={3} className="value">
          {eventType}
        </Title>
        <DeliveryStatus status={status} />
        <ConfirmButton
          label="Resend"
          title="Send this delivery again?"
          text="The event is sent with a new signature and a new retry schedule."
          change={useResend(appId, deliveryId)}
          input={undefined}
        />
      </Group>
      <Text component="div">
        <NextStep delivery={delivery} />
      </Text>
      <Panel title="Event">
        <Group>
          <Text size="sm">
            Occurred <When at={delivery.occurredAt} />
          </Text>
          {delivery.sequence !== null && <Text size="sm">Number {delivery.sequence} of its instance</Text>}
          <DeliveryLinks appId={appId} delivery={delivery} />
        </Group>
        <Copyable label="Event ID" value={eventId} />
        <Json label="Payload" value={payload} />
        {identity && <Json label="Caused by" value={identity} />}
      </Panel>
      <Attempts delivery={delivery} />
      <AsCurl delivery={delivery} url={webhook.data?.url} />
      <Copyable label="Delivery ID" value={deliveryId} />
    </>
  );
}

function DeliveryLinks({ appId, delivery }: { appId: string; delivery: DeliveryDetails }): ReactNode {
  const { instanceId, webhookId } = delivery;
  return (
    <>
      <Anchor
        size="sm"
        renderRoot={(props) => (
          <Link to="/apps/$appId/webhooks/$webhookId" params={{ appId, webhookId }} {...props} />
        )}
      >
        Webhook
      </Anchor>
      {instanceId === null ? (
        <Text size="sm">A test, without an instance</Text>
      ) : (
        <Text size="sm">
          Instance <InstanceLink appId={appId} instanceId={instanceId} />
        </Text>
      )}
    </>
  );
}

function NextStep({ delivery }: { delivery: DeliveryDetails }): ReactNode {
  const { attempts, endedAt, nextAttemptAt, sending, status } = delivery;
  if (sending) return "An attempt is in progress.";
  if (status === "blocked")
    return "It waits until the first attempt of the AppInstalled of its instance has ended.";
  if (status === "failed") {
    return (
      <>
        No attempt is left after {attempts.toLocaleString()}; the last one ended <When at={endedAt} />.
        Correct the endpoint, then resend it.
      </>
    );
  }
  if (status === "pending") {
    return nextAttemptAt === null ? (
      "It waits."
    ) : (
      <>
        The next attempt is due <When at={nextAttemptAt} />.
      </>
    );
  }
  return (
    <>
      It ended <When at={endedAt} />.
    </>
  );
}
