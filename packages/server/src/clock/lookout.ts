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

/** Looks for work, a first time at once. @param ms how long it rests when it was not woken, in milliseconds */
export function keepLooking(clock: Clock, ms: number, job: LookoutJob): Lookout {
  let stopped = false;
  let woken = false;
  let timer: Timer | undefined;
  let running: Promise<void> | undefined;

  const look = async (): Promise<void> => {
    let more = true;
    while (more && !stopped) {
      woken = false;
      try {
        more = await job.work();
      } catch (error) {
        job.onError(error);
        // What fails is not tried again at once.
        woken = false;
        more = false;
      }
      await nextTurn();
      more ||= woken;
    }
    running = undefined;
    // Not awaited: whoever moves a clock does not wait for work that may itself wait for the clock.
    if (!stopped) timer = clock.after(ms, wake);
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
