import { Anchor, Group } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

/** The links between the pages about webhooks. */
export function WebhookNav({ appId }: { appId: string }): ReactNode {
  const params = { appId };
  const options = { exact: true };
  return (
    <Group component="nav" aria-label="Webhooks" gap="lg">
      <Anchor
        renderRoot={(props) => (
          <Link to="/apps/$appId/webhooks" params={params} activeOptions={options} {...props} />
        )}
      >
        Subscriptions
      </Anchor>
      <Anchor
        renderRoot={(props) => (
          <Link to="/apps/$appId/webhooks/deliveries" params={params} activeOptions={options} {...props} />
        )}
      >
        Delivery log
      </Anchor>
    </Group>
  );
}
