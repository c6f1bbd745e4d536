import {
  type Clock,
  createManualClock,
  isClockTime,
  type ManualClock,
  parseDuration,
  systemClock,
} from "../infrastructure/clock/index.ts";
import { TestKitError } from "./kit-error.ts";

/** The clock of the platform. Only the test moves it. */
export interface TestClock extends Clock {
  /**
   * Calls `callback` once after `ms` milliseconds of real time: timeouts and retries of an app with this clock work while the
   * clock stands still.
   */
  after: Clock["after"];
  /**
   * Moves the clock forward by whole milliseconds or by a text such as `"4h"` (a whole number and ms, s, m, h or d), at
   * most 400 days, and runs the timers that are due on the way. Throws `invalid_time`.
   */
  advance(duration: number | string): Promise<void>;
  /**
   * Sets the clock to a time in epoch milliseconds, forward or back. Timers that are due then run once. Throws
   * `invalid_time`.
   */
  set(epochMs: number): Promise<void>;
  /** Returns to the initial time. */
  reset(): Promise<void>;
  /** Milliseconds ahead of the initial time. */
  offset(): number;
}

/**
 * Creates the clock of a platform, and the same clock for tests and apps.
 *
 * @param now initial time in epoch milliseconds
 */
export function createTestClock(now: number): { platformClock: ManualClock; clock: TestClock } {
  requireTime("now", now);
  const platformClock = createManualClock(now);
  const clock: TestClock = {
    ...platformClock,
    after: systemClock.after,
    async advance(duration) {
      await platformClock.advance(readDuration(duration));
    },
    async set(epochMs) {
      requireTime("clock.set", epochMs);
      await platformClock.set(epochMs);
    },
  };
  return { platformClock, clock };
}

function readDuration(duration: unknown): number {
  const ms = parseDuration(duration);
  if (ms !== undefined) return ms;
  throw new TestKitError(
    "invalid_time",
    `clock.advance takes whole milliseconds, or a number and ms, s, m, h or d such as "4h", at most 400 days; got ${shown(duration)}.`,
  );
}

function requireTime(what: string, epochMs: unknown): void {
  if (isClockTime(epochMs)) return;
  throw new TestKitError(
    "invalid_time",
    `${what} takes epoch milliseconds in the years 1970 to 2999, such as Date.parse("2026-06-01T12:00:00Z"); got ${shown(epochMs)}.`,
  );
}

function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  return typeof value === "object" ? "an object" : String(value);
}
