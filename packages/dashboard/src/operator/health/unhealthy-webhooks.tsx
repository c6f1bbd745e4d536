import { Anchor, Badge, Code, Group, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Panel } from "../../parts/panel.tsx";
import { When } from "../../parts/when.tsx";
import type { PlatformHealth } from "../queries.ts";

type UnhealthyWebhook = PlatformHealth["webhooks"][number];

const reasons = {
  manual: "Somebody paused it.",
  failing: "It failed for five days.",
  gone: "Its endpoint responded with 410.",
  unconfirmed: "Its endpoint has not accepted the test delivery.",
};

/** Webhooks of all apps that need attention, with what waits for them. */
export function UnhealthyWebhooks({ webhooks }: { webhooks: readonly UnhealthyWebhook[] }): ReactNode {
  return (
    <Panel
      title="Endpoints that fail or are paused"
      note="Of all apps, the longest first. Deliveries of a paused webhook wait; nothing is lost."
    >
      {webhooks.length === 0 && <Text size="sm">Every endpoint accepts its deliveries.</Text>}
      {webhooks.map((webhook) => (
        <Endpoint key={webhook.webhookId} webhook={webhook} />
      ))}
    </Panel>
  );
}

function Endpoint({ webhook }: { webhook: UnhealthyWebhook }): ReactNode {
  const { appId, eventType, failures, failingSince, pausedAt, pauseReason, pending, url } = webhook;
  return (
    <Stack gap={2}>
      <Group gap="xs">
        <Badge color={pausedAt ? "gray.7" : "red.9"}>{pausedAt ? "Paused" : "Failing"}</Badge>
        <Text size="sm" fw={600}>
          {eventType}
        </Text>
        <Code className="value">{url}</Code>
      </Group>
      <Text size="sm">
        {pauseReason && `${reasons[pauseReason]} `}
        {failingSince && (
          <>
            {failures.toLocaleString()} failed attempts since <When at={failingSince} />.{" "}
          </>
        )}
        {pending.toLocaleString()} deliveries wait.{" "}
        <Anchor
          underline="always"
          renderRoot={(props) => <Link to={`/apps/${appId}/webhooks` as string} {...props} />}
        >
          Webhooks of the app
        </Anchor>
      </Text>
    </Stack>
  );
}
