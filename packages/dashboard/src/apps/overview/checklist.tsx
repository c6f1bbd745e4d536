import { Anchor, Badge, Group, List, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { isPortal } from "../../api/address.ts";
import { Panel } from "../../parts/panel.tsx";
import { type AppFacts, hasRequestedToken } from "./facts.ts";

const reference = <Anchor href="/docs">Everything here is in the API reference too.</Anchor>;

/** What is set up, and what is missing. */
export function Checklist({ facts }: { facts: AppFacts }): ReactNode {
  const { app, extension, instance, webhook } = facts;
  const items: readonly { done: boolean; label: string; note: string; optional?: true }[] = [
    { done: true, label: "Credentials", note: "App ID and secrets are on the page OAuth." },
    {
      done: app.scopes.length > 0,
      label: "Scopes",
      note: "What the app may do on a site. The owner approves them when the app is installed.",
    },
    { done: instance !== undefined, label: "Installed on a site", note: "Each site gives an instance ID." },
    { done: hasRequestedToken(facts), label: "First access token", note: "A secret has been used." },
    {
      done: webhook !== undefined,
      label: "Webhooks",
      optional: true,
      note: "The app learns that it is installed, and of events on the site.",
    },
    {
      done: extension !== undefined,
      label: "Extensions",
      optional: true,
      note: "Pages and service plugins on the site.",
    },
  ];
  return (
    <Panel title="Setup" note={isPortal ? undefined : reference}>
      <List listStyleType="none" spacing="sm">
        {items.map(({ done, label, note, optional }) => (
          <List.Item key={label}>
            <Group gap="xs">
              <Badge variant="default">{done ? "✓ Done" : optional ? "Optional" : "Missing"}</Badge>
              <Text fw={600} size="sm">
                {label}
              </Text>
            </Group>
            <Text size="sm" c="dimmed">
              {note}
            </Text>
          </List.Item>
        ))}
      </List>
    </Panel>
  );
}
