import type { ParseArgsOptionsConfig } from "node:util";
import type { Environment } from "../config.ts";

/** What a command did: `json` for programs, `text` for people. */
export interface Report {
  readonly json: object;
  readonly text: string;
  /** Whether the command ended with exit code 1. Default: false. */
  readonly failed?: boolean;
  /** The exit code of a program that the command ran. Default: 0, or 1 for `failed`. */
  readonly exitCode?: number;
}

export interface CommandCall {
  readonly env: Environment;
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  /** What follows the name of the command, for commands with `positionals`. */
  readonly positionals?: readonly string[];
  /** The program and its arguments after `--`, for commands that take one. */
  readonly program?: readonly string[];
  /** Prints a line on standard error while the command runs. */
  readonly progress: (text: string) => void;
}

/** A command of `latchkey`. `--json` and `--help` are added to its options. */
export interface Command {
  readonly summary: string;
  readonly options: ParseArgsOptionsConfig;
  /** How `--help` shows the options, one line each. */
  readonly usage: readonly string[];
  /** What follows the name: words, and names of values such as `<file>`. Default: nothing. */
  readonly positionals?: readonly string[];
  /** Whether a program follows the options, after `--`. Default: false. */
  readonly takesProgram?: boolean;
  run(call: CommandCall): Promise<Report>;
}
