import { Anchor, Button, Group, Loader, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { Panel } from "../../parts/panel.tsx";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { AttemptSummary } from "../deliveries/attempt-summary.tsx";
import { deliveryQuery } from "../deliveries/queries.ts";
import { useTestWebhook } from "./changes.ts";
import type { WebhookDetails } from "./queries.ts";

/** Sends a sample event to a webhook, and shows what came back. */
export function TestDelivery({ webhook }: { webhook: WebhookDetails }): ReactNode {
  const { appId, state } = webhook;
  const test = useTestWebhook(webhook);
  const [deliveryId, setDeliveryId] = useState<string>();
  const send = () =>
    test.run(undefined).then(
      (sent) => setDeliveryId(sent.deliveryId),
      () => {},
    );
  return (
    <Panel
      title="Test"
      note="Sends a sample event of this type without an instance: instanceId is null. A failed test is tried again like every delivery."
    >
      <ProblemAlert error={test.error} />
      <Group>
        <Button variant="default" loading={test.isPending} disabled={state === "paused"} onClick={send}>
          Send a test event
        </Button>
        {state === "paused" && <Text size="sm">Resume the webhook to test it.</Text>}
      </Group>
      {deliveryId !== undefined && <TestResult appId={appId} deliveryId={deliveryId} />}
    </Panel>
  );
}

function TestResult({ appId, deliveryId }: { appId: string; deliveryId: string }): ReactNode {
  const { data: delivery, error } = useQuery(deliveryQuery(appId, deliveryId));
  const attempt = delivery?.log.at(-1);
  return (
    <Stack gap="xs" role="status" aria-label="Result of the test">
      <ProblemAlert error={error} />
      {delivery && attempt ? <AttemptSummary attempt={attempt} /> : <Loader size="sm" aria-label="Waiting" />}
      {attempt?.response && (
        <Text size="sm" className="value">
          Response: {attempt.response}
        </Text>
      )}
      <Anchor
        size="sm"
        renderRoot={(props) => (
          <Link to="/apps/$appId/webhooks/deliveries/$deliveryId" params={{ appId, deliveryId }} {...props} />
        )}
      >
        Open the delivery
      </Anchor>
    </Stack>
  );
}
