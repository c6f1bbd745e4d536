import { type Clock, nextTurn, type Timer } from "./clock.ts";

/** Work that is looked for when somebody says that there may be some, and now and then anyway. */
export interface Lookout {
  /** Looks now, or once more after the look in progress. */
  wake(): void;
  /** Resolves when no look is in progress. */
  idle(): Promise<void>;
  /** Looks no more; resolves when a look in progress has ended. */
  stop(): Promise<void>;
}

/** What a {@link Lookout} does. */
export interface LookoutJob {
  /** Does some of the work. Resolves to whether there may be more at once. */
  work(): Promise<boolean>;
  onError(error: unknown): void;
}

/** The longest rest after failures, in milliseconds. */
const longestRest = 5_000;

/**
 * Looks for work, a first time at once. After a failure it rests twice as long each time.
 *
 * @param ms how long it rests when it was not woken, in milliseconds
 */
export function keepLooking(clock: Clock, ms: number, job: LookoutJob): Lookout {
  let stopped = false;
  let woken = false;
  let timer: Timer | undefined;
  let running: Promise<void> | undefined;
  let failures = 0;

  const look = async (): Promise<void> => {
    let more = true;
    while (more && !stopped) {
      woken = false;
      try {
        more = await job.work();
        failures = 0;
      } catch (error) {
        job.onError(error);
        // What fails is not tried again at once.
        woken = false;
        more = false;
        failures += 1;
      }
      await nextTurn();
      more ||= woken;
    }
    running = undefined;
    // Not awaited: whoever moves a clock does not wait for work that may itself wait for the clock.
    if (!stopped) timer = clock.after(Math.min(ms * 2 ** failures, Math.max(ms, longestRest)), wake);
  };
  const wake = (): void => {
    woken = true;
    if (stopped || running !== undefined) return;
    timer?.cancel();
    running = look();
  };
  wake();
  return {
    wake,
    async idle() {
      while (running !== undefined) await running;
    },
    async stop() {
      stopped = true;
      timer?.cancel();
      await running;
    },
  };
}
