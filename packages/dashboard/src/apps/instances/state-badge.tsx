import { Badge } from "@mantine/core";
import type { ReactNode } from "react";
import type { Instance } from "./queries.ts";

const colours = { installed: "teal.9", suspended: "red.9", removed: "gray.7" } as const;

/** The state of an instance. */
export function StateBadge({ state }: Pick<Instance, "state">): ReactNode {
  return (
    <Badge color={colours[state]} miw="max-content">
      {state}
    </Badge>
  );
}
