import "uplot/dist/uPlot.min.css";
import { useComputedColorScheme, useMantineTheme } from "@mantine/core";
import { useElementSize, useMergedRef } from "@mantine/hooks";
import { type ReactNode, useEffect, useRef } from "react";
import UPlot from "uplot";
import type { PlotData } from "./plot.tsx";

const height = 200;
const hour = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "short", timeStyle: "short" });
/** The steps of the y axis. */
const wholeNumbers = Array.from({ length: 12 }, (_, power) =>
  [1, 2, 5].map((step) => step * 10 ** power),
).flat();
const colours = ["blue", "red", "green", "orange", "violet", "teal", "pink", "yellow"] as const;

/** The canvas of a plot; `Plot` loads it, and has the same as a table. */
export function PlotCanvas({ data }: { data: PlotData }): ReactNode {
  const { ref: measured, width } = useElementSize();
  const parent = useRef<HTMLDivElement>(null);
  const ref = useMergedRef(measured, parent);
  const plot = useRef<UPlot>(null);
  const { colors } = useMantineTheme();
  const isDark = useComputedColorScheme("light") === "dark";
  const names = data.series.map(({ name }) => name).join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: new values are set below, without a new plot
  useEffect(() => {
    if (width === 0 || parent.current === null) return;
    const text = isDark ? "#c9c9c9" : "#343a40";
    const grid = { stroke: isDark ? "#424242" : "#dee2e6" };
    const axis = { stroke: text, grid, ticks: grid };
    const lines = data.series.map(({ name }, index) => ({
      label: name,
      stroke: colors[colours[index % colours.length] ?? "blue"][isDark ? 4 : 8] ?? text,
      width: 2,
      points: { filter: isolated },
    }));
    plot.current = new UPlot(
      {
        width,
        height,
        series: [
          { label: "Time", value: (_, time) => (time == null ? "" : exact.format(time * 1_000)) },
          ...lines,
        ],
        axes: [
          { ...axis, values: (_, times) => times.map((time) => hour.format(time * 1_000)) },
          { ...axis, incrs: wholeNumbers },
        ],
        scales: { y: { range: { min: { soft: 0, mode: 1 }, max: {} } } },
      },
      aligned(data),
      parent.current,
    );
    return () => plot.current?.destroy();
  }, [width, names, isDark, colors]);
  useEffect(() => plot.current?.setData(aligned(data)), [data]);
  return <div ref={ref} aria-hidden className="plot" />;
}

/** The points without neighbours, which no line shows. */
function isolated({ data }: UPlot, series: number): number[] {
  const values = [...(data[series] ?? [])];
  const isMissing = (index: number) => values[index] == null;
  return [...values.keys()].filter(
    (index) => !isMissing(index) && isMissing(index - 1) && isMissing(index + 1),
  );
}

function aligned({ at, series }: PlotData): UPlot.AlignedData {
  return [at.map((time) => Date.parse(time) / 1_000), ...series.map(({ values }) => [...values])];
}
