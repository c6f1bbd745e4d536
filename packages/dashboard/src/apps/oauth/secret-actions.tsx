import { Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { type AppSecret, useChangeSecret } from "../../api/changes.ts";
import { ConfirmButton } from "../../parts/confirm-button.tsx";

const actions = [
  {
    action: "promote",
    label: "Promote",
    title: "Make this secret the primary one?",
    text: "It signs the instance parameter from now on. Your app must have it already. The other secrets stay valid.",
    danger: false,
  },
  {
    action: "compromise",
    label: "Compromised",
    title: "Mark this secret as compromised?",
    text: "It is refused at once, with every access token that it requested. This cannot be undone.",
    danger: true,
  },
  {
    action: "delete",
    label: "Delete",
    title: "Delete this secret?",
    text: "It is refused at once. Tokens that it requested stay valid until they expire.",
    danger: true,
  },
] as const;

/** What can be done with a secret that is not the primary one. */
export function SecretActions({ appId, secret }: { appId: string; secret: AppSecret }): ReactNode {
  const change = useChangeSecret(appId);
  const { compromisedAt, primary, secretId } = secret;
  if (primary) {
    return (
      <Text size="sm" c="dimmed">
        Promote another one first
      </Text>
    );
  }
  const possible = actions.filter(({ action }) => compromisedAt === null || action === "delete");
  return (
    <Group gap="xs" wrap="nowrap">
      {possible.map(({ action, ...texts }) => (
        <ConfirmButton
          key={action}
          {...texts}
          change={change}
          input={{ action, secretId }}
          size="compact-sm"
        />
      ))}
    </Group>
  );
}
