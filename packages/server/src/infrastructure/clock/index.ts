export type { Clock, Timer } from "./clock.ts";
export {
  days,
  hours,
  isoTime,
  minutes,
  monotonicSeconds,
  nextTurn,
  parseIsoTime,
  pause,
  pauseAfterStep,
  repeat,
  seconds,
  systemClock,
} from "./clock.ts";
export { createDeferredJob } from "./deferred-job.ts";
export { describeOffset, durationPattern, isClockTime, parseDuration } from "./duration.ts";
export { createManualClock, type ManualClock } from "./manual-clock.ts";
export { type Poller, startPoller } from "./poller.ts";
