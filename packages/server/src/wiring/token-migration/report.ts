import type { TokenOutcome } from "./journal.queries.ts";

/** What a row of the input became. */
export type RowOutcome = TokenOutcome | "duplicate" | "blank" | "invalid_row";

/** How `--help` and the report explain each outcome. */
export const outcomeTexts: Readonly<Record<RowOutcome, string>> = {
  migrated: "client_credentials works for their instance",
  duplicate: "an earlier row has the same refresh token",
  blank: "empty lines",
  invalid_row: "no refresh token in the row",
  invalid_token: "the platform does not accept the refresh token",
  other_app: "the refresh token belongs to another app",
  instance_removed: "the app was removed from the site",
  exchange_refused: "the refresh token got no access token, without a reason that is known",
  no_instance: "token-info names no instance",
  client_credentials_refused: "client_credentials does not work for the instance",
  unavailable: "no response; run the command again",
};

/** Outcomes after which nothing is left to do for a row. */
export const doneOutcomes: readonly RowOutcome[] = ["migrated", "duplicate", "blank"];

/** The number of rows by outcome. The outcomes add up to `rows`. */
export interface MigrationReport {
  readonly rows: number;
  readonly outcomes: Readonly<Record<RowOutcome, number>>;
  /** The file with the instance of each row. */
  readonly output: string;
}

/** Counts the rows of a report. */
export class RowCount {
  readonly #counts = Object.fromEntries(Object.keys(outcomeTexts).map((outcome) => [outcome, 0])) as Record<
    RowOutcome,
    number
  >;

  add(outcome: RowOutcome): void {
    this.#counts[outcome] += 1;
  }

  report(output: string): MigrationReport {
    const rows = Object.values(this.#counts).reduce((sum, count) => sum + count, 0);
    return { rows, outcomes: { ...this.#counts }, output };
  }
}

/** The report as text, with the outcomes that occurred. */
export function describeReport({ outcomes, output, rows }: MigrationReport): string {
  const found = (Object.keys(outcomes) as RowOutcome[]).filter((outcome) => outcomes[outcome] > 0);
  const width = String(rows).length;
  const lines = found.map(
    (outcome) => `  ${String(outcomes[outcome]).padStart(width)} ${outcome}: ${outcomeTexts[outcome]}`,
  );
  return [`${rows} rows`, ...lines, `The instances are in ${output}.`].join("\n");
}
