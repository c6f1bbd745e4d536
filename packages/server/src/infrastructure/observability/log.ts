import { hostname } from "node:os";
import { type Logger, pino } from "pino";
import { textLog } from "./text-log.ts";
import { traceIds } from "./tracing.ts";
import { version } from "./version.ts";

/** The log: one line for each entry, without secrets, tokens or bodies. */
export type Log = Pick<Logger, "debug" | "info" | "warn" | "error" | "fatal" | "isLevelEnabled" | "level">;

export const logFormats = ["json", "text"] as const;

export interface LogOptions {
  /** Default: `json`. */
  readonly format?: (typeof logFormats)[number] | undefined;
  /** Receives the lines. Default: writes them to standard output. */
  readonly write?: (line: string) => void;
}

/** @param level `debug`, `info`, `warn`, `error` or `silent` */
export function createLog(level: string, { format, write }: LogOptions = {}): Log {
  const options = {
    level,
    base: { hostname: hostname(), pid: process.pid, version },
    mixin: traceIds,
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  if (format !== "text") return write === undefined ? pino(options) : pino(options, { write });
  const print = write ?? ((line: string): void => void process.stdout.write(line));
  const log: Log = pino(
    options,
    textLog(print, () => log.isLevelEnabled("debug")),
  );
  return log;
}

/** The fields of an error that are logged: name, code, message and cause. */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: "not an Error" };
  const { code } = error as { code?: unknown };
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) };
  return { error: error.name, ...(typeof code === "string" ? { code } : {}), text: error.message, ...cause };
}
