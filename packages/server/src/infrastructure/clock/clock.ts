/** A pending callback that can be called off. */
export interface Timer {
  cancel(): void;
}

/** The only source of time in the server, so that a test can move every one of its times. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls `callback` once after `ms` milliseconds; the wait never keeps the process alive. */
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
 * Runs `work` again and again, `ms` milliseconds after the end of the run before; errors go to `onError`.
 *
 * @returns a function that stops it and resolves when a run in progress has ended
 */
export function repeat(clock: Clock, ms: number, job: RepeatedJob): () => Promise<void> {
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

/** Work that runs by the clock, and who is told when it fails. */
export interface RepeatedJob {
  work(): Promise<void>;
  onError(error: unknown): void;
}

/** Lets what waits elsewhere in the process go first: for work in many steps that never wait by themselves. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Epoch milliseconds as an ISO 8601 string in UTC. */
export function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** Epoch milliseconds of an ISO 8601 instant with a zone, or undefined when it is none. */
export function parseIsoTime(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/.test(text)) return undefined;
  // Date.parse takes 30 February for 2 March, and 24:00 for the next day.
  const wallTime = Date.parse(`${text.slice(0, 16)}Z`);
  if (Number.isNaN(wallTime) || !isoTime(wallTime).startsWith(text.slice(0, 16))) return undefined;
  const epochMs = Date.parse(text);
  return Number.isNaN(epochMs) ? undefined : epochMs;
}

/** Spans of time in milliseconds. */
export const seconds = (count: number): number => count * 1_000;
export const minutes = (count: number): number => count * 60_000;
export const hours = (count: number): number => count * 3_600_000;
export const days = (count: number): number => count * 86_400_000;
