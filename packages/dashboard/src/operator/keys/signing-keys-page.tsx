import { Badge, Code, Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { type Column, List } from "../../parts/list.tsx";
import { Panel } from "../../parts/panel.tsx";
import { When } from "../../parts/when.tsx";
import { useCreateSigningKey, useRetireSigningKey } from "../changes.ts";
import { type SigningKey, signingKeysQuery } from "../queries.ts";

const states = { announced: "blue", active: "teal.9", retired: "gray.7", removed: "red.9" } as const;

const columns: readonly Column<SigningKey>[] = [
  { heading: "State", cell: (key) => <State signingKey={key} /> },
  { heading: "Key id", from: "md", cell: ({ kid }) => <Code>{kid}</Code> },
  { heading: "Announced", from: "md", cell: ({ announcedAt }) => <When at={announcedAt} /> },
  { heading: "Signs from", from: "sm", cell: ({ activeAt }) => <When at={activeAt} /> },
  { heading: "Signs until", from: "sm", cell: ({ retiredAt }) => <When at={retiredAt} otherwise="" /> },
  { heading: "Verifies until", from: "sm", cell: ({ removedAt }) => <When at={removedAt} otherwise="" /> },
  { heading: "Actions", cell: (key) => <KeyActions signingKey={key} /> },
];

/** The keys that sign access tokens. */
export function SigningKeysPage(): ReactNode {
  return (
    <Panel
      title="Signing keys"
      note="They sign access tokens, and are replaced every 90 days without your help. The key set has a new key 14 days before it signs, and a retired key for another 14 days, so an API that caches the key set for up to 14 days can always verify tokens."
    >
      <Creation />
      <List
        label="Signing keys"
        query={signingKeysQuery}
        columns={columns}
        keyOf={({ kid }) => kid}
        empty={<Empty title="There are no signing keys" text="Create one that signs at once." />}
      />
    </Panel>
  );
}

function Creation(): ReactNode {
  const create = useCreateSigningKey();
  return (
    <Group>
      <ConfirmButton
        label="Announce a key"
        title="Announce another signing key?"
        text="The key set has it at once, and it signs in 14 days. Nothing else changes."
        change={create}
        input={{ activateNow: false }}
      />
      <ConfirmButton
        label="Create a key that signs at once"
        title="Create a key that signs now?"
        text="Use this when the active key leaked: create the new one, then mark the old one as compromised. An API that still has the old key set refuses new tokens until it reads the key set again; that can take as long as it caches."
        change={create}
        input={{ activateNow: true }}
        danger
      />
    </Group>
  );
}

function KeyActions({ signingKey: { kid, state } }: { signingKey: SigningKey }): ReactNode {
  const retire = useRetireSigningKey();
  if (state === "removed") return <Text size="sm">None</Text>;
  return (
    <Group gap="xs">
      {state !== "retired" && (
        <ConfirmButton
          label="Retire"
          title="Retire this signing key?"
          text="It signs no more tokens. Those that it signed stay valid until they expire. Another key must be active."
          change={retire}
          input={{ kid, compromised: false }}
          size="compact-sm"
        />
      )}
      <ConfirmButton
        label="Compromised"
        title="Mark this signing key as compromised?"
        text="Every token that it signed is refused at once, on all sites, and apps request new ones. APIs that cache the key set accept them until they read it again. This cannot be undone."
        change={retire}
        input={{ kid, compromised: true }}
        size="compact-sm"
        danger
      />
    </Group>
  );
}

/** The state; on narrow screens also the times that have no column. */
function State({ signingKey: { activeAt, removedAt, state } }: { signingKey: SigningKey }): ReactNode {
  return (
    <>
      <Badge miw="max-content" color={states[state]}>
        {state}
      </Badge>
      <Text size="xs" hiddenFrom="sm">
        Signs from <When at={activeAt} />
        {removedAt && (
          <>
            , verifies until <When at={removedAt} />
          </>
        )}
      </Text>
    </>
  );
}
