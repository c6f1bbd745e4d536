/** The context of a check. */
export interface CheckContext {
  /** Absolute path of the repository. */
  readonly root: string;
  /** Whether the check may correct what it can. */
  readonly fix: boolean;
}

/** One of the checks of `npm run check`. */
export interface Check {
  readonly name: string;
  /** Answers one text per problem, with file and line where there is one. */
  run(context: CheckContext): Promise<string[]>;
}
