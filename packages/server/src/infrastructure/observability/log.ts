import { hostname } from "node:os";
import { type Logger, pino } from "pino";
import { traceIds } from "./tracing.ts";
import { version } from "./version.ts";

/** Structured log: one line of JSON for each entry, without secrets, tokens or bodies. */
export type Log = Pick<Logger, "debug" | "info" | "warn" | "error" | "fatal">;

/** @param level `debug`, `info`, `warn`, `error` or `silent` */
export function createLog(level: string): Log {
  return pino({
    level,
    base: { hostname: hostname(), pid: process.pid, version },
    mixin: traceIds,
    timestamp: pino.stdTimeFunctions.isoTime,
  });
}

/** The fields of an error that are logged: name, code, message and cause. */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: "not an Error" };
  const { code } = error as { code?: unknown };
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) };
  return { error: error.name, ...(typeof code === "string" ? { code } : {}), text: error.message, ...cause };
}
