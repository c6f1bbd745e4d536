import { AsyncLocalStorage } from "node:async_hooks";
import { type Clock, nextTurn, type Timer } from "./clock.ts";

/** Polls for work: at an interval, and at once when it is woken. */
export interface Poller {
  /** Polls now, or once more after the poll in progress. */
  wake(): void;
  /** Resolves when no poll is in progress. */
  idle(): Promise<void>;
  /** Ends polling; resolves after the poll in progress. */
  stop(): Promise<void>;
}

export interface PollerJob {
  /** Does part of the work. Resolves to whether more may be left, which is polled for at once. */
  work(): Promise<boolean>;
  onError(error: unknown): void;
}

const maxBackoffMs = 5_000;

/**
 * Starts polling, the first time at once. After failures in a row the interval doubles each time, up to 5 seconds.
 *
 * @param ms interval in milliseconds
 */
export function startPoller(clock: Clock, ms: number, job: PollerJob): Poller {
  let stopped = false;
  let woken = false;
  let timer: Timer | undefined;
  let running: Promise<void> | undefined;
  let failures = 0;
  // The request that wakes a poller is not the cause of all that it finds.
  const outsideOfRequests = AsyncLocalStorage.snapshot();

  const poll = async (): Promise<void> => {
    let more = true;
    while (more && !stopped) {
      woken = false;
      try {
        more = await job.work();
        failures = 0;
      } catch (error) {
        job.onError(error);
        // A failure is retried after the interval, even when `wake` was called during the poll.
        woken = false;
        more = false;
        failures += 1;
      }
      await nextTurn();
      more ||= woken;
    }
    running = undefined;
    // The clock does not await `wake`: advancing a manual clock must not wait for work that waits for that clock.
    if (!stopped) timer = clock.after(Math.min(ms * 2 ** failures, Math.max(ms, maxBackoffMs)), wake);
  };
  const wake = (): void => {
    woken = true;
    if (stopped || running !== undefined) return;
    timer?.cancel();
    running = outsideOfRequests(poll);
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
