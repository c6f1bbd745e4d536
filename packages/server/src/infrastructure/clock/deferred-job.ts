import { AsyncLocalStorage } from "node:async_hooks";
import type { Clock, Job, Timer } from "./clock.ts";

/** A job that runs some time after it is scheduled. Calls of `schedule` until then share one run. */
export interface DeferredJob {
  /** Schedules a run, unless one is scheduled. */
  schedule(): void;
  /** Runs the job now, after a run in progress. Rejects when the job fails. */
  run(): Promise<void>;
  /** Cancels the timer and runs the job a last time. */
  stop(): Promise<void>;
}

/** @param job a scheduled run that fails calls `onError` and is scheduled again */
export function createDeferredJob(clock: Clock, ms: number, job: Job): DeferredJob {
  let timer: Timer | undefined;
  let runs: Promise<void> = Promise.resolve();
  // A run serves many requests, not the one that scheduled it.
  const outsideOfRequests = AsyncLocalStorage.snapshot();
  const run = (): Promise<void> => {
    const ran = runs.then(job.work);
    runs = ran.catch(() => {});
    return ran;
  };
  const runScheduled = async (): Promise<void> => {
    timer = undefined;
    try {
      await run();
    } catch (error) {
      job.onError(error);
      schedule();
    }
  };
  const schedule = (): void => {
    timer ??= clock.after(ms, () => outsideOfRequests(runScheduled));
  };
  return {
    schedule,
    run,
    async stop() {
      timer?.cancel();
      await run();
    },
  };
}
