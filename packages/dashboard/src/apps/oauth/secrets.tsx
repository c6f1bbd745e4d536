import { Badge, Group, Loader, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { AppSecret } from "../../api/changes.ts";
import { secretsQuery } from "../../api/queries.ts";
import { Panel } from "../../parts/panel.tsx";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { When } from "../../parts/when.tsx";
import { NewSecret } from "./new-secret.tsx";
import { SecretActions } from "./secret-actions.tsx";

const note =
  "Several secrets are valid at once, so that you can replace one without an outage: create, deploy, promote, delete. The primary one signs the instance parameter.";

/** The secrets of an app and what can be done with them. */
export function Secrets({ appId }: { appId: string }): ReactNode {
  const { data: secrets, error, isPending } = useQuery(secretsQuery(appId));
  return (
    <Panel title="Secrets" note={note}>
      {isPending && <Loader aria-label="Loading" />}
      <ProblemAlert error={error} />
      {secrets && (
        <Table.ScrollContainer minWidth={640} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table aria-label="Secrets">
            <Table.Thead>
              <Table.Tr>
                {["Name", "Created", "Last used", "Expires", "Actions"].map((heading) => (
                  <Table.Th key={heading}>{heading}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {secrets.map((secret) => (
                <SecretRow key={secret.secretId} appId={appId} secret={secret} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <NewSecret appId={appId} />
    </Panel>
  );
}

function SecretRow({ appId, secret }: { appId: string; secret: AppSecret }): ReactNode {
  const { compromisedAt, createdAt, expiresAt, lastUsedAt, name, primary } = secret;
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap="xs">
          <Text size="sm">{name}</Text>
          {primary && <Badge variant="outline">Primary</Badge>}
          {compromisedAt && <Badge color="red.9">Compromised</Badge>}
        </Group>
      </Table.Td>
      <Table.Td>
        <When at={createdAt} />
      </Table.Td>
      <Table.Td>
        <When at={lastUsedAt} />
      </Table.Td>
      <Table.Td>
        <When at={expiresAt} />
      </Table.Td>
      <Table.Td>
        <SecretActions appId={appId} secret={secret} />
      </Table.Td>
    </Table.Tr>
  );
}
