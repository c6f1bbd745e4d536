/** A scheduled callback. */
export interface Timer {
  cancel(): void;
}

/** The only source of time in the server, so that tests control all of it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls `callback` once after `ms` milliseconds. A timer does not keep the process alive. */
  after(ms: number, callback: () => void | Promise<void>): Timer;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

/**
 * Runs a job repeatedly, `ms` milliseconds after the previous run has ended.
 *
 * @returns a function that stops the job and resolves when the run in progress has ended
 */
export function repeat(clock: Clock, ms: number, job: Job): () => Promise<void> {
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  const run = async (): Promise<void> => {
    try {
      await job.work();
    } catch (error) {
      job.onError(error);
    }
    if (!stopped) schedule();
  };
  let timer: Timer | undefined;
  const schedule = (): void => {
    timer = clock.after(ms, () => {
      running = run();
      return running;
    });
  };
  schedule();
  return async () => {
    stopped = true;
    timer?.cancel();
    await running;
  };
}

/** A job and its error handler. */
export interface Job {
  work(): Promise<void>;
  onError(error: unknown): void;
}

/** Seconds since the start of the process, with fractions: a time that is never set, for durations. */
export function monotonicSeconds(): number {
  return performance.now() / 1_000;
}

/** Yields to the event loop once, so that long work does not block requests. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Waits in real time, also while a test has stopped the clock. */
export function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
}

const maxPauseSeconds = 1;

/**
 * Waits in real time after a step of long work, so that the work takes only a share of the thread that serves requests.
 *
 * @param start of the step, by `monotonicSeconds`
 * @param ratio of the wait to the time that the step took; the wait is at most 1 second
 */
export function pauseAfterStep(start: number, ratio: number): Promise<void> {
  return pause(Math.min((monotonicSeconds() - start) * ratio, maxPauseSeconds));
}

/** Epoch milliseconds as an ISO 8601 string in UTC. */
export function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** Epoch milliseconds of an ISO 8601 instant with a time zone; undefined for any other text. */
export function parseIsoTime(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/.test(text)) return undefined;
  // Date.parse reads 30 February as 2 March, and 24:00 as the next day.
  const wallTime = Date.parse(`${text.slice(0, 16)}Z`);
  if (Number.isNaN(wallTime) || !isoTime(wallTime).startsWith(text.slice(0, 16))) return undefined;
  const epochMs = Date.parse(text);
  return Number.isNaN(epochMs) ? undefined : epochMs;
}

/** Durations in milliseconds. */
export const seconds = (count: number): number => count * 1_000;
export const minutes = (count: number): number => count * 60_000;
export const hours = (count: number): number => count * 3_600_000;
export const days = (count: number): number => count * 86_400_000;
