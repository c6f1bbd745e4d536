import { createBoundedCache } from "../bounded-cache.ts";
import type { Clock } from "../clock.ts";
import { redactLine } from "../http/redact.ts";

/** Writes a text to stderr as one line. */
export type LimitedLog = (key: string, text: string) => void;

const intervalMs = 60_000;
const maxKeys = 100;

/** Creates a log that writes one line for each key and minute, and counts the texts in between. */
export function createLimitedLog(clock: Pick<Clock, "now">): LimitedLog {
  const lines = createBoundedCache<{ readonly writtenAt: number; omitted: number }>(maxKeys);
  return (key, text) => {
    const now = clock.now();
    const last = lines.get(key);
    if (last !== undefined && Math.abs(now - last.writtenAt) < intervalMs) {
      last.omitted += 1;
      return;
    }
    lines.set(key, { writtenAt: now, omitted: 0 });
    const more = last?.omitted ? ` (${last.omitted} more since the last line)` : "";
    console.warn(`latchkey: ${redactLine(text, [])}${more}`);
  };
}
