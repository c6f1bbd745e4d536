import { Badge } from "@mantine/core";
import type { ReactNode } from "react";
import type { SiteApp } from "../queries.ts";

/** The state of an app, when it is not simply installed. */
export function AppState({ app: { enabled, state } }: { app: SiteApp }): ReactNode {
  if (state === "removed") return <Badge color="gray.7">Removed</Badge>;
  if (state === "suspended") return <Badge color="red.9">Suspended</Badge>;
  return enabled ? null : <Badge color="red.9">Disabled by its developer</Badge>;
}
