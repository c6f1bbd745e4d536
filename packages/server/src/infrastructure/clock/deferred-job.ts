import type { Clock, RepeatedJob, Timer } from "./clock.ts";

/** Work that is done a while after it was asked for, at once for all who asked meanwhile. */
export interface DeferredJob {
  /** Has the work done when the time has passed since this was first asked for. */
  schedule(): void;
  /** Does it now, after a run in progress: no two run at once. Rejects when it fails. */
  run(): Promise<void>;
  /** Calls the timer off, and does the work a last time. */
  stop(): Promise<void>;
}

/** @param job what to do; when it fails at its time, `onError` is told and it is scheduled again */
export function createDeferredJob(clock: Clock, ms: number, job: RepeatedJob): DeferredJob {
  let timer: Timer | undefined;
  let runs: Promise<void> = Promise.resolve();
  const run = (): Promise<void> => {
    const ran = runs.then(job.work);
    runs = ran.catch(() => {});
    return ran;
  };
  const turn = async (): Promise<void> => {
    timer = undefined;
    try {
      await run();
    } catch (error) {
      job.onError(error);
      schedule();
    }
  };
  const schedule = (): void => {
    timer ??= clock.after(ms, turn);
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
