import { Badge } from "@mantine/core";
import type { ReactNode } from "react";
import type { Webhook } from "./queries.ts";

const states = {
  active: { label: "Active", color: "teal.9" },
  failing: { label: "Failing", color: "red.9" },
  paused: { label: "Paused, nothing lost", color: "grape.9" },
  unconfirmed: { label: "Unconfirmed", color: "gray.7" },
} as const satisfies Record<Webhook["state"], { label: string; color: string }>;

/** The state of a webhook. */
export function WebhookState({ state }: Pick<Webhook, "state">): ReactNode {
  const { color, label } = states[state];
  return (
    <Badge color={color} miw="max-content">
      {label}
    </Badge>
  );
}
