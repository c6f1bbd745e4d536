import { Code, Group, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Copyable } from "../../parts/copyable.tsx";
import { Panel } from "../../parts/panel.tsx";
import { When } from "../../parts/when.tsx";
import { type Instance, summaryQuery } from "./queries.ts";
import { StateBadge } from "./state-badge.tsx";

/** What an instance is: its ids, its grant, and what is counted. */
export function InstanceFacts({ instance }: { instance: Instance }): ReactNode {
  const { data: summary } = useQuery(summaryQuery(instance.instanceId));
  const facts: Readonly<Record<string, ReactNode>> = {
    State: <StateBadge state={instance.state} />,
    Tokens:
      summary &&
      (summary.tokens.lastAt === null ? (
        "None was requested yet"
      ) : (
        <>
          {summary.tokens.issued.toLocaleString()} issued, the last one <When at={summary.tokens.lastAt} />
        </>
      )),
    Pages: summary && <Openings pages={summary.pages} />,
    Grant: <Scopes scopes={instance.grant} />,
    Declined: <Scopes scopes={instance.declined} />,
    "Approved for all sites": <Scopes scopes={instance.preApproved} />,
    "Copied from": instance.originInstanceId ?? "It is not a copy",
    "Setup complete": <When at={instance.setupCompletedAt} otherwise="Not reported by the app" />,
    Installed: <When at={instance.createdAt} />,
  };
  return (
    <Panel title="Instance">
      <Copyable label="Instance ID" value={instance.instanceId} />
      <Copyable label="Site ID" value={instance.siteId} />
      <Table aria-label="Instance" layout="fixed">
        <Table.Tbody>
          {Object.entries(facts).map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" w={{ base: 110, xs: 200 }}>
                {name}
              </Table.Th>
              <Table.Td className="value">{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  );
}

function Scopes({ scopes }: { scopes: readonly string[] }): ReactNode {
  if (scopes.length === 0) return "None";
  return (
    <Group gap={4}>
      {scopes.map((scope) => (
        <Code key={scope} className="value">
          {scope}
        </Code>
      ))}
    </Group>
  );
}

interface Opening {
  readonly extensionId: string;
  readonly openings: number;
  readonly lastAt: string;
}

function Openings({ pages }: { pages: readonly Opening[] }): ReactNode {
  if (pages.length === 0) return "None was opened yet";
  return (
    <Stack gap={4}>
      {pages.map(({ extensionId, lastAt, openings }) => (
        <Text key={extensionId} size="sm">
          <Code>{extensionId}</Code> opened {openings.toLocaleString()} times, the last time{" "}
          <When at={lastAt} />
        </Text>
      ))}
    </Stack>
  );
}
