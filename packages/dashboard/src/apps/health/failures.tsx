import { Anchor, Table, Text } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Panel } from "../../parts/panel.tsx";

import { metrics } from "./metrics.ts";
import { explainOutcome } from "./outcomes.ts";
import { type Counts, countsQuery } from "./queries.ts";

interface FailuresProps {
  readonly appId: string;
  readonly step: Counts["step"];
}

/** What failed, by reason, the most frequent first. */
export function Failures({ appId, step }: FailuresProps): ReactNode {
  const results = useQueries({
    queries: metrics.map(({ metric }) => countsQuery(appId, metric, step)),
  });
  const failures = metrics
    .flatMap(({ good, label, list }, index) =>
      (results[index]?.data?.series ?? [])
        .filter(({ outcome }) => !good.includes(outcome))
        .map(({ outcome, total }) => ({ label, list, outcome, total })),
    )
    .sort((one, other) => other.total - one.total);
  return (
    <Panel title="Failures by reason">
      {failures.length === 0 && <Text size="sm">Nothing failed in this time.</Text>}
      {failures.length > 0 && (
        <Table aria-label="Failures by reason">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>What</Table.Th>
              <Table.Th>Reason</Table.Th>
              <Table.Th>Times</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {failures.map(({ label, list: [page, filter], outcome, total }) => (
              <Table.Tr key={`${label} ${outcome}`}>
                <Table.Td>{label}</Table.Td>
                <Table.Td>
                  <Anchor
                    size="sm"
                    renderRoot={(props) => (
                      <Link
                        to={`/apps/${appId}/${page}`}
                        search={filter === "kind" ? { kind: "access-token" } : { [filter]: outcome }}
                        {...props}
                      />
                    )}
                  >
                    {outcome}
                  </Anchor>
                  <Text size="sm">{explainOutcome(outcome)}</Text>
                </Table.Td>
                <Table.Td>{total.toLocaleString()}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Panel>
  );
}
