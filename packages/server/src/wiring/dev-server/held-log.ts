import { createLog, type Log } from "../../infrastructure/observability/index.ts";
import type { Config } from "../config.ts";

/** A log whose lines wait until `release()`. Until then it has only warnings and errors: the steps show the rest. */
export interface HeldLog {
  readonly log: Log;
  release(): void;
}

export function createHeldLog({ logFormat, logLevel }: Pick<Config, "logFormat" | "logLevel">): HeldLog {
  const held: string[] = [];
  let write = (line: string): void => void held.push(line);
  const level = logLevel === "debug" || logLevel === "info" ? "warn" : logLevel;
  const log = createLog(level, { format: logFormat, write: (line) => write(line) });
  return {
    log,
    release() {
      write = (line) => void process.stdout.write(line);
      for (const line of held.splice(0)) write(line);
      log.level = logLevel;
    },
  };
}
