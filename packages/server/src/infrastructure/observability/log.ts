import { type Logger, pino } from "pino";

/** Structured log: one line of JSON an entry, never with a secret, a token or a body in it. */
export type Log = Pick<Logger, "debug" | "info" | "warn" | "error">;

/** @param level `debug`, `info`, `warn`, `error` or `silent` */
export function createLog(level: string): Log {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: [] });
}

/** What of an error may be logged: its kind, text and place, for it never carries what was submitted. */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: "not an Error" };
  const { code } = error as { code?: unknown };
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) };
  return { error: error.name, ...(typeof code === "string" ? { code } : {}), text: error.message, ...cause };
}
