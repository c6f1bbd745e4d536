/** A callback that waits and can be called off. */
export interface Timer {
  cancel(): void;
}

/** Where this package gets time from, so that a test can decide how late it is. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls `callback` once after `ms` milliseconds. */
  after(ms: number, callback: () => void): Timer;
}

/** A timer with a longer time, which is 24 days, would fire at once. */
const maxTimerMs = 2 ** 31 - 1;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, Math.min(ms, maxTimerMs));
    return { cancel: () => clearTimeout(timer) };
  },
};
