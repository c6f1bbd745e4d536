import { spawn } from "node:child_process";
import { constants } from "node:os";
import { OperatorError } from "../../infrastructure/errors/index.ts";
import { commandFor } from "./windows-command.ts";

const forwarded = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs a program with the input and output of this process. Passes signals to it.
 *
 * Throws `program_not_started`.
 *
 * @returns its exit code, or 128 and the number of the signal that ended it
 */
export async function runProgram(
  [program = "", ...args]: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const command = process.platform === "win32" ? commandFor({ program, args, env }) : { program, args };
  const child = spawn(command.program, command.args, { ...command.options, env, stdio: "inherit" });
  // A terminal sends its interrupt to every process in the foreground, so the program has it already.
  const forward = (signal: NodeJS.Signals): void => {
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of forwarded) process.on(signal, forward);
  try {
    return await new Promise((resolve, reject) => {
      child.on("error", (cause) => {
        const advice = `Check the name ${program} and PATH.`;
        reject(new OperatorError("program_not_started", advice, { cause }));
      });
      child.on("exit", (code, signal) =>
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
      );
    });
  } finally {
    for (const signal of forwarded) process.off(signal, forward);
  }
}
