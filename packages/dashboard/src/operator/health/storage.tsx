import { SimpleGrid, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Panel } from "../../parts/panel.tsx";
import { When } from "../../parts/when.tsx";
import type { PlatformHealth } from "../queries.ts";

const engines = { sqlite: "SQLite", postgres: "PostgreSQL" };
const megabytes = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

/** The database, and what waits in it. */
export function Storage({
  health: { database, deliveries, version },
}: {
  health: PlatformHealth;
}): ReactNode {
  const { oldestDueAt, oldestEventAt, pending } = deliveries;
  return (
    <Panel title="Database and deliveries" note={`Latchkey ${version}. Live.`}>
      <SimpleGrid cols={{ base: 2, sm: 3, md: 4 }} component="dl" m={0}>
        <Fact name="Database">{engines[database.engine]}</Fact>
        <Fact name="Size">{megabytes.format(database.sizeBytes / 1_000_000)} MB</Fact>
        <Fact name="Smallest query">{database.latencyMs} ms</Fact>
        <Fact name="Failed queries">{database.failures.toLocaleString()}</Fact>
        <Fact name="Waiting deliveries">
          {pending.toLocaleString()}
          {pending === 10_000 && " or more"}
        </Fact>
        <Fact name="Oldest due delivery">
          <When at={oldestDueAt} otherwise="None" />
        </Fact>
        <Fact name="Oldest event without deliveries">
          <When at={oldestEventAt} otherwise="None" />
        </Fact>
      </SimpleGrid>
    </Panel>
  );
}

function Fact({ children, name }: { name: string; children: ReactNode }): ReactNode {
  return (
    <Stack gap={0}>
      <Text size="sm" c="dimmed" component="dt">
        {name}
      </Text>
      <Text component="dd" m={0}>
        {children}
      </Text>
    </Stack>
  );
}
