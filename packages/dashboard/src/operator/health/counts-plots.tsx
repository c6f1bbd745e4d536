import { Loader, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Plot } from "../../parts/plot/plot.tsx";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { type Counts, countsQuery } from "../queries.ts";

const metrics = [
  { metric: "tokens", label: "Token requests" },
  { metric: "apiCalls", label: "API calls" },
  { metric: "deliveries", label: "Deliveries" },
  { metric: "pluginCalls", label: "Plugin calls" },
] as const;

/** Outcomes whose durations are drawn: two lines each. */
const timedOutcomes = 3;

/** Plots of what all apps did, by outcome. */
export function CountsPlots({ step }: { step: Counts["step"] }): ReactNode {
  return metrics.map(({ label, metric }) => (
    <MetricPlots key={metric} label={label} metric={metric} step={step} />
  ));
}

interface MetricProps {
  readonly label: string;
  readonly metric: Counts["metric"];
  readonly step: Counts["step"];
}

function MetricPlots({ label, metric, step }: MetricProps): ReactNode {
  const { data, error } = useQuery(countsQuery(metric, step));
  if (data === undefined && error === null) return <Loader size="sm" aria-label="Loading" />;
  return (
    <Stack>
      <ProblemAlert error={error} />
      {data && <Plot data={countsOf(data, label)} />}
      {data?.series.some(({ p95Ms }) => p95Ms) && <Plot data={durationsOf(data, label)} />}
    </Stack>
  );
}

function countsOf({ at, series, step }: Counts, label: string) {
  const lines = series.map(({ counts, outcome }) => ({ name: outcome, values: counts }));
  return { label, unit: step === "hour" ? "each hour" : "each minute", at, series: lines };
}

function durationsOf({ at, series }: Counts, label: string) {
  const lines = series.slice(0, timedOutcomes).flatMap(({ outcome, p50Ms = [], p95Ms = [] }) => [
    { name: `${outcome}, half within`, values: p50Ms },
    { name: `${outcome}, 95 % within`, values: p95Ms },
  ]);
  return { label: `Duration of ${label.toLowerCase()}`, unit: "ms", at, series: lines };
}
