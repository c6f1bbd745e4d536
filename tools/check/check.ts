/** The context of a check. */
export interface CheckContext {
  /** Absolute path of the repository. */
  readonly root: string;
  /** Whether the check may fix problems. */
  readonly fix: boolean;
}

/** One of the checks of `npm run check`. */
export interface Check {
  readonly name: string;
  /** Returns one text for each problem, with file and line if known. */
  run(context: CheckContext): Promise<string[]>;
  /** Returns figures for the report, such as a number of lines. */
  measure?(context: CheckContext): Readonly<Record<string, number>>;
}
