import { Button, Group, Loader, ScrollArea, Stack, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { lazy, type ReactNode, Suspense } from "react";

const PlotCanvas = lazy(async () => ({ default: (await import("./plot-canvas.tsx")).PlotCanvas }));

/** Lines over time. */
export interface PlotData {
  readonly label: string;
  /** Unit of the values, such as `requests` or `ms`. */
  readonly unit: string;
  /** ISO times of the points. */
  readonly at: readonly string[];
  /** Lines, each with a value for each time; null is a gap. */
  readonly series: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
}

/** A plot, and the same as a table. */
export function Plot({ data }: { data: PlotData }): ReactNode {
  const [isTable, { toggle }] = useDisclosure();
  const { label, series, unit } = data;
  return (
    <Stack gap="xs" component="figure" m={0} aria-label={label}>
      <Group justify="space-between">
        <Text size="sm" fw={600} component="figcaption">
          {label}, {unit}
        </Text>
        <Button variant="default" size="compact-sm" aria-pressed={isTable} onClick={toggle}>
          Table
        </Button>
      </Group>
      {series.length === 0 && <Text size="sm">Nothing was counted in this time.</Text>}
      {series.length > 0 && isTable && <PlotTable data={data} />}
      {series.length > 0 && !isTable && (
        <Suspense fallback={<Loader size="sm" aria-label="Loading" />}>
          <PlotCanvas data={data} />
        </Suspense>
      )}
    </Stack>
  );
}

const format = new Intl.DateTimeFormat(undefined, { dateStyle: "short", timeStyle: "short" });

function PlotTable({ data: { at, label, series } }: { data: PlotData }): ReactNode {
  return (
    <ScrollArea.Autosize mah={240} viewportProps={{ tabIndex: 0 }}>
      <Table aria-label={label} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Time</Table.Th>
            {series.map(({ name }) => (
              <Table.Th key={name}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {at.map((time, index) => (
            <Table.Tr key={time}>
              <Table.Td>{format.format(new Date(time))}</Table.Td>
              {series.map(({ name, values }) => (
                <Table.Td key={name}>{values[index] ?? ""}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea.Autosize>
  );
}
