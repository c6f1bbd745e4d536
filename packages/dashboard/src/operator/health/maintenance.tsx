import { Table } from "@mantine/core";
import type { ReactNode } from "react";
import { Panel } from "../../parts/panel.tsx";
import { When } from "../../parts/when.tsx";
import type { PlatformHealth } from "../queries.ts";

const note =
  "Each process of the server does this work every hour. These are the times of the process that responded; the log has the failures.";

/** When each background job succeeded last. */
export function Maintenance({ work }: { work: PlatformHealth["maintenance"] }): ReactNode {
  return (
    <Panel title="Hourly work" note={note}>
      <Table aria-label="Hourly work">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Work</Table.Th>
            <Table.Th>Last success</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {work.map(({ succeededAt, work: name }) => (
            <Table.Tr key={name}>
              <Table.Td>{name[0]?.toUpperCase() + name.slice(1)}</Table.Td>
              <Table.Td>
                <When at={succeededAt} otherwise="Not since the start" />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  );
}
