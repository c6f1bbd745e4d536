import { type Clock, seconds } from "../clock/index.ts";
import type { Log } from "./log.ts";

/** Logs a warning about a subject, such as a webhook. */
export type Warn = (subject: string, fields: object, text: string) => void;

const windowMs = seconds(60);
const maxSubjects = 10_000;

/**
 * Creates a log for warnings that may come often: the first one of a subject is logged at once, and the last of those that
 * follow within a minute with their number. The lines have `sampled: true`.
 */
export function createSampledWarnings({ clock, log }: { clock: Clock; log: Log }): Warn {
  const subjects = new Map<string, { repeated: number; fields: object; text: string }>();
  const logRepeated = (): void => {
    for (const { fields, repeated, text } of subjects.values()) {
      if (repeated > 0) log.warn({ ...fields, sampled: true, repeated }, `${text}; repeated within a minute`);
    }
    subjects.clear();
  };
  return (subject, fields, text) => {
    if (subjects.size === 0) clock.after(windowMs, logRepeated);
    // The empty key counts subjects above the limit together.
    const key = subjects.has(subject) || subjects.size < maxSubjects ? subject : "";
    const known = subjects.get(key);
    if (known === undefined) log.warn({ ...fields, sampled: true }, text);
    subjects.set(key, { repeated: known === undefined ? 0 : known.repeated + 1, fields, text });
  };
}
