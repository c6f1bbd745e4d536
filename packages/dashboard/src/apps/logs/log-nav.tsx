import { Anchor, Group } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

/** The links between the logs of an app. */
export function LogNav({ appId }: { appId: string }): ReactNode {
  const params = { appId };
  const options = { exact: true };
  return (
    <Group component="nav" aria-label="Logs" gap="lg">
      <Anchor
        renderRoot={(props) => (
          <Link to="/apps/$appId/logs" params={params} activeOptions={options} {...props} />
        )}
      >
        Refused requests
      </Anchor>
      <Anchor
        renderRoot={(props) => (
          <Link to="/apps/$appId/logs/plugin-calls" params={params} activeOptions={options} {...props} />
        )}
      >
        Plugin calls
      </Anchor>
    </Group>
  );
}
