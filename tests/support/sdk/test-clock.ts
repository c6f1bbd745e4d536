import type { Clock } from "@latchkey/sdk";

/** The start time of every test: 2026-01-02T03:04:05Z. */
export const START = 1_767_323_045_000;

/** A clock that only tests advance. */
export interface TestClock extends Clock {
  /** The remaining times of the timers in milliseconds, shortest first. */
  readonly waiting: readonly number[];
  /** Advances the time, runs due timers, and waits for their effects. */
  advance(ms: number): Promise<void>;
}

export function createTestClock(): TestClock {
  let now = START;
  let timers: { at: number; run: () => void }[] = [];
  return {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.push(timer);
      return {
        cancel() {
          timers = timers.filter((other) => other !== timer);
        },
      };
    },
    get waiting() {
      return timers.map(({ at }) => at - now).sort((one, other) => one - other);
    },
    async advance(ms) {
      await rest();
      now += ms;
      const due = timers.filter(({ at }) => at <= now);
      timers = timers.filter(({ at }) => at > now);
      for (const timer of due) timer.run();
      await rest();
    },
  };
}

/** Waits until pending promises and callbacks have run. */
export async function rest(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
