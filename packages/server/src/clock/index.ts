export type { Clock, Timer } from "./clock.ts";
export {
  days,
  hours,
  isoTime,
  nextTurn,
  parseIsoTime,
  repeat,
  seconds,
  systemClock,
} from "./clock.ts";
export type { ManualClock } from "./manual-clock.ts";
export { createManualClock } from "./manual-clock.ts";
