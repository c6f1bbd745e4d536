/** The figures of a subject. Names of figures contain their unit. */
export interface Row {
  readonly benchmark: string;
  readonly subject: string;
  readonly figures: Readonly<Record<string, number>>;
}

/** A target, and the measured value. */
export interface Bound {
  readonly benchmark: string;
  readonly bound: string;
  readonly reached: number;
  readonly limit: number;
  /** How `reached` must relate to `limit`. */
  readonly rule: "at most" | "at least";
}

/** Collects and writes the results of benchmarks. */
export interface Report {
  row(row: Row): void;
  bound(bound: Bound): void;
  /** Writes everything since the last call as a table, and each entry as a line of JSON. */
  flush(): void;
}

/** @param jsonOnly writes no tables */
export function createReport(jsonOnly: boolean, write: (line: string) => void): Report {
  let rows: Row[] = [];
  let bounds: Bound[] = [];
  return {
    row: (row) => rows.push(row),
    bound: (bound) => bounds.push(bound),
    flush() {
      if (!jsonOnly) for (const line of [...tableOf(rows), ...bounds.map(boundLine), ""]) write(line);
      for (const { figures, ...row } of rows) write(JSON.stringify({ ...row, ...rounded(figures) }));
      for (const bound of bounds) {
        const reached = Number(shown(bound.reached));
        write(JSON.stringify({ ...bound, reached, met: isMet(bound) }));
      }
      if (!jsonOnly) write("");
      rows = [];
      bounds = [];
    },
  };
}

function tableOf(rows: readonly Row[]): string[] {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row.figures)))];
  const cells = rows.map((row) => [
    row.benchmark,
    row.subject,
    ...columns.map((column) => shown(row.figures[column])),
  ]);
  const lines = [["benchmark", "subject", ...columns], ...cells];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index + 2]?.length ?? 0)));
  const textWidths = [0, 1].map((index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
  return lines.map((line) =>
    line
      .map((cell, index) =>
        index < 2 ? cell.padEnd(textWidths[index] ?? 0) : cell.padStart(widths[index - 2] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
}

function boundLine(bound: Bound): string {
  return `${isMet(bound) ? "met   " : "MISSED"} ${bound.bound}: ${shown(bound.reached)}, ${bound.rule} ${shown(bound.limit)}`;
}

function isMet({ reached, limit, rule }: Bound): boolean {
  return rule === "at most" ? reached <= limit : reached >= limit;
}

function rounded(figures: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, Number(shown(figure))]));
}

/** Three significant digits; results on a shared machine are not more precise. */
function shown(figure: number | undefined): string {
  if (figure === undefined) return "";
  return Math.abs(figure) >= 100 ? figure.toFixed(0) : String(Number(figure.toPrecision(3)));
}
