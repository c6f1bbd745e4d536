import { Anchor, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Panel } from "../../parts/panel.tsx";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { When } from "../../parts/when.tsx";
import { explain } from "../logs/reasons.ts";
import { refusedQuery } from "./queries.ts";

/** The refused requests of the last 24 hours, by route and reason. */
export function RefusedRequests({ appId }: { appId: string }): ReactNode {
  const { data, error } = useQuery(refusedQuery(appId));
  return (
    <Panel title="Refused requests by route" note="Of the last 24 hours, the most frequent first.">
      <ProblemAlert error={error} />
      {data?.length === 0 && <Text size="sm">No request of this app was refused.</Text>}
      {data !== undefined && data.length > 0 && (
        <Table aria-label="Refused requests by route">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Route</Table.Th>
              <Table.Th>Reason</Table.Th>
              <Table.Th>Requests</Table.Th>
              <Table.Th visibleFrom="sm">Last</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.map(({ kind, lastAt, reason, requests, route }) => (
              <Table.Tr key={`${kind} ${route} ${reason}`}>
                <Table.Td className="value">{route ?? "Several"}</Table.Td>
                <Table.Td>
                  <Anchor
                    size="sm"
                    renderRoot={(props) => (
                      <Link to="/apps/$appId/logs" params={{ appId }} search={{ reason, kind }} {...props} />
                    )}
                  >
                    {reason}
                  </Anchor>
                  <Text size="sm" visibleFrom="sm">
                    {explain(reason)}
                  </Text>
                </Table.Td>
                <Table.Td>{requests.toLocaleString()}</Table.Td>
                <Table.Td visibleFrom="sm">
                  <When at={lastAt} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Panel>
  );
}
