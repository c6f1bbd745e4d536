import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

/** The id of an instance, which leads to its page. */
export function InstanceLink({ appId, instanceId }: { appId: string; instanceId: string }): ReactNode {
  return (
    <Anchor
      ff="monospace"
      size="sm"
      className="value"
      renderRoot={(props) => (
        <Link to="/apps/$appId/instances/$instanceId" params={{ appId, instanceId }} {...props} />
      )}
    >
      {instanceId}
    </Anchor>
  );
}
