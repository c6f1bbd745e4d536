import { SimpleGrid } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Panel } from "../../parts/panel.tsx";
import { Plot } from "../../parts/plot/plot.tsx";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { countLines, durationLines, metrics } from "./metrics.ts";
import { type Counts, countsQuery } from "./queries.ts";

interface TimeProps {
  readonly appId: string;
  readonly step: Counts["step"];
}

/** A plot of each metric, and of the durations of those that have them. */
export function MetricPlots(props: TimeProps): ReactNode {
  return (
    <Panel title="Counts">
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
        {metrics.map((metric) => (
          <MetricPlot key={metric.metric} {...props} metric={metric} />
        ))}
      </SimpleGrid>
    </Panel>
  );
}

function MetricPlot({ appId, metric, step }: TimeProps & { metric: (typeof metrics)[number] }): ReactNode {
  const { data, error } = useQuery(countsQuery(appId, metric.metric, step));
  const isTimed = metric.metric === "deliveries" || metric.metric === "pluginCalls";
  return (
    <>
      <ProblemAlert error={error} />
      {data && <Plot data={countLines(metric.label, data)} />}
      {data && isTimed && <Plot data={durationLines(metric, data)} />}
    </>
  );
}
