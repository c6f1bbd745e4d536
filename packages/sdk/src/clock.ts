/** A timer that can be cancelled. */
export interface Timer {
  cancel(): void;
}

/** The source of time. Tests replace it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls `callback` once after `ms` milliseconds. */
  after(ms: number, callback: () => void): Timer;
}

/** The longest delay of `setTimeout`, 24 days. A longer delay fires at once. */
const maxTimerMs = 2 ** 31 - 1;

/** The system clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, Math.min(ms, maxTimerMs));
    return { cancel: () => clearTimeout(timer) };
  },
};
