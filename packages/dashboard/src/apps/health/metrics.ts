import type { PlotData } from "../../parts/plot/plot.tsx";
import type { Counts } from "./queries.ts";

interface Metric {
  readonly metric: Counts["metric"];
  readonly label: string;
  /** Outcomes that are no failure. */
  readonly good: readonly string[];
  /** The list of failures below the app, and the filter that takes an outcome. */
  readonly list: readonly [page: string, filter: string];
}

/** What is counted of an app. */
export const metrics: readonly Metric[] = [
  { metric: "tokens", label: "Token requests", good: ["issued"], list: ["logs", "reason"] },
  { metric: "apiCalls", label: "API calls", good: ["2xx", "3xx"], list: ["logs", "kind"] },
  {
    metric: "deliveries",
    label: "Deliveries",
    good: ["delivered"],
    list: ["webhooks/deliveries", "outcome"],
  },
  {
    metric: "pluginCalls",
    label: "Plugin calls",
    good: ["ANSWERED"],
    list: ["logs/plugin-calls", "outcome"],
  },
];

/** The lines of a plot of counts. */
export function countLines(label: string, { at, series }: Counts): PlotData {
  return {
    ...{ label, at, unit: "by outcome" },
    series: series.map(({ counts, outcome }) => ({ name: outcome, values: counts })),
  };
}

/** The lines of a plot of durations: of the outcome that is no failure. */
export function durationLines({ good, label }: Metric, { at, series }: Counts): PlotData {
  const succeeded = series.find(({ outcome }) => good.includes(outcome));
  return {
    ...{ label: `${label}: duration`, at, unit: "ms" },
    series: [
      { name: "half took at most", values: succeeded?.p50Ms ?? [] },
      { name: "95 % took at most", values: succeeded?.p95Ms ?? [] },
    ].filter(({ values }) => values.length > 0),
  };
}
