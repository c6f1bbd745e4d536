import type { ParseArgsOptionsConfig } from "node:util";
import type { Environment } from "../config.ts";

/** What a command did: `json` for programs, `text` for people. */
export interface Report {
  readonly json: object;
  readonly text: string;
  /** Whether the command ended with exit code 1. Default: false. */
  readonly failed?: boolean;
}

export interface CommandCall {
  readonly env: Environment;
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  /** Prints a line on standard error while the command runs. */
  readonly progress: (text: string) => void;
}

/** A command of `latchkey`. `--json` and `--help` are added to its options. */
export interface Command {
  readonly summary: string;
  readonly options: ParseArgsOptionsConfig;
  /** How `--help` shows the options, one line each. */
  readonly usage: readonly string[];
  run(call: CommandCall): Promise<Report>;
}
