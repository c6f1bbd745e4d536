import { parseArgs } from "node:util";
import { OperatorError } from "../../infrastructure/errors/index.ts";
import type { Environment } from "../config.ts";
import { describeStartupError } from "../startup-error.ts";
import { auditExport } from "./audit-export.ts";
import type { Command, Report } from "./command.ts";
import { dev } from "./dev.ts";
import { migrateCommand } from "./migrate.ts";
import { migrateTokensCommand } from "./migrate-tokens.ts";
import { restore } from "./restore.ts";
import { run } from "./run.ts";
import { serve } from "./serve.ts";
import { stateCommand } from "./state.ts";

const commands: Readonly<Record<string, Command>> = {
  dev,
  serve,
  run,
  state: stateCommand,
  migrate: migrateCommand,
  restore,
  "migrate-tokens": migrateTokensCommand,
  "audit-export": auditExport,
};

const common = { json: { type: "boolean" }, help: { type: "boolean" } } as const;

/**
 * Runs a command of `latchkey`: prints its report on standard output, or an error on standard error.
 *
 * @returns the exit code: 0, 1 when the command failed, 2 when it is not valid, or that of the program that it ran
 */
export async function runCommand(args: readonly string[], env: Environment): Promise<number> {
  try {
    const [name = "--help", ...rest] = args;
    if (name === "--help") return print({ json: { commands: Object.keys(commands) }, text: help() }, false);
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) {
      const names = Object.keys(commands).join(", ");
      throw new OperatorError("invalid_command", `There is no command ${name}. Commands: ${names}.`);
    }
    const end = command.takesProgram === true ? rest.indexOf("--") : -1;
    const program = end === -1 ? [] : rest.slice(end + 1);
    const { options, positionals } = parseArguments(command, end === -1 ? rest : rest.slice(0, end));
    if (options.help) return print({ json: {}, text: helpOf(name, command) }, false);
    requirePositionals(name, command, positionals);
    const progress = (text: string): void => void process.stderr.write(`latchkey: ${text}\n`);
    return print(await command.run({ env, options, positionals, program, progress }), options.json === true);
  } catch (error) {
    process.stderr.write(`latchkey: ${describeStartupError(error)}\n`);
    return error instanceof OperatorError && error.code === "invalid_command" ? 2 : 1;
  }
}

function parseArguments({ options: own, positionals: named = [], takesProgram }: Command, args: string[]) {
  const options = { ...own, ...common };
  try {
    const { positionals, values } = parseArgs({ args, options, allowPositionals: named.length > 0 });
    return { options: values as Record<string, string | boolean>, positionals };
  } catch (cause) {
    const advice = takesProgram === true ? "Write -- before the program and its arguments." : undefined;
    throw new OperatorError("invalid_command", advice, { cause });
  }
}

function requirePositionals(name: string, command: Command, given: readonly string[]): void {
  const { positionals: expected = [] } = command;
  const fits = (word: string, index: number): boolean => word.startsWith("<") || word === given[index];
  if (given.length === expected.length && expected.every(fits)) return;
  throw new OperatorError("invalid_command", `Write latchkey ${[name, ...expected].join(" ")}.`);
}

function print({ exitCode, failed = false, json, text }: Report, asJson: boolean): number {
  const shown = asJson ? JSON.stringify(json) : text;
  if (shown !== "") process.stdout.write(`${shown}\n`);
  return exitCode ?? (failed ? 1 : 0);
}

function help(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    "Usage: latchkey <command> [options]",
    "",
    ...lines,
    "",
    "latchkey <command> --help shows options.",
  ].join("\n");
}

function helpOf(name: string, { positionals = [], summary, usage }: Command): string {
  const own = [...usage, "--json  Print the result as JSON", "--help  Print this text"];
  const call = ["latchkey", name, ...positionals, "[options]"].join(" ");
  return [`Usage: ${call}`, "", summary, "", ...own.map((line) => `  ${line}`)].join("\n");
}
