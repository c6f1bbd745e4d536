import { Code, Group, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { type Column, List } from "../../parts/list.tsx";
import { Panel } from "../../parts/panel.tsx";
import { When } from "../../parts/when.tsx";
import { useDeleteApiKey } from "../changes.ts";
import { Disclosed } from "../disclosed.tsx";
import { type ApiKey, apiKeysQuery } from "../queries.ts";
import { NewApiKey } from "./new-api-key.tsx";

const columns: readonly Column<ApiKey>[] = [
  { heading: "Name", cell: ({ name }) => <Text size="sm">{name}</Text> },
  { heading: "May", from: "md", cell: (key) => <Reach apiKey={key} /> },
  { heading: "Last used", from: "sm", cell: ({ lastUsedAt }) => <When at={lastUsedAt} /> },
  { heading: "Expires", from: "sm", cell: ({ expiresAt }) => <When at={expiresAt} /> },
  { heading: "Created by", from: "md", cell: ({ createdBy }) => <Code>{createdBy}</Code> },
  { heading: "Actions", cell: ({ keyId }) => <KeyActions keyId={keyId} /> },
];

/** The keys of programs to the management API. */
export function ApiKeysPage(): ReactNode {
  return (
    <Stack>
      <Disclosed label="New key">
        <NewApiKey />
      </Disclosed>
      <Panel
        title="API keys"
        note="For programs that call the management API. Each does only what its scopes say."
      >
        <List
          label="API keys"
          query={apiKeysQuery}
          columns={columns}
          keyOf={({ keyId }) => keyId}
          empty={
            <Empty
              title="There are no API keys"
              text="Only the admin key of the server can call the management API. Create a key with few scopes for each program, so that you can revoke one without the others."
            />
          }
        />
      </Panel>
    </Stack>
  );
}

function Reach({ apiKey: { appId, resource, scopes } }: { apiKey: ApiKey }): ReactNode {
  return (
    <>
      <Text size="sm">{scopes.join(", ")}</Text>
      {appId && (
        <Text size="sm">
          Only the app <Code>{appId}</Code>
        </Text>
      )}
      {resource && (
        <Text size="sm">
          Only the resource <Code>{resource}</Code>
        </Text>
      )}
    </>
  );
}

function KeyActions({ keyId }: { keyId: string }): ReactNode {
  const change = useDeleteApiKey();
  return (
    <Group gap="xs">
      <ConfirmButton
        label="Revoke"
        title="Revoke this key?"
        text="It is refused at once. Keys that it created stay valid."
        change={change}
        input={{ keyId, cascade: false }}
        size="compact-sm"
        danger
      />
      <ConfirmButton
        label="Leaked"
        title="Revoke this key and every key that it created?"
        text="Use this when somebody else may have the key: with it, they could create others. All of them are refused at once."
        change={change}
        input={{ keyId, cascade: true }}
        size="compact-sm"
        danger
      />
    </Group>
  );
}
