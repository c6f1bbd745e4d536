import { z } from "zod";
import {
  describeOffset,
  durationPattern,
  isClockTime,
  isoTime,
  type ManualClock,
  parseDuration,
} from "../../infrastructure/clock/index.ts";
import { change, type ManagementRoute, read } from "../../infrastructure/management/index.ts";
import type { Log } from "../../infrastructure/observability/index.ts";
import { instant, time } from "../../infrastructure/routes/index.ts";

const clockMove = z
  .strictObject({
    advance: z
      .string()
      .regex(durationPattern, {
        error: "must be a whole number and ms, s, m, h or d, such as 4h",
        abort: true,
      })
      .refine((text) => parseDuration(text) !== undefined, {
        message: "must be at most 400d",
        params: { rule: "MAX" },
      })
      .optional()
      .meta({ description: "How far to move: a number and ms, s, m, h or d, such as 4h; at most 400d" }),
    set: instant
      .refine(isClockTime, { message: "must be in the years 1970 to 2999" })
      .optional()
      .meta({ description: "An ISO 8601 instant; may be in the past" }),
    reset: z.literal(true).optional().meta({ description: "Returns to the time of the machine" }),
  })
  .refine((move) => Object.values(move).filter((value) => value !== undefined).length === 1, {
    message: "give one of advance, set and reset",
  });

const clockState = z
  .object({
    now: time,
    offsetMs: z.int().meta({ description: "How far the clock was moved; 0 is the time of the machine" }),
  })
  .meta({ id: "DevelopmentClock", description: "The platform's clock" });

/** Shows and moves the clock of the platform. Each move is in the log. */
export function clockRoutes(clock: ManualClock, log: Log): readonly ManagementRoute[] {
  const state = (): z.input<typeof clockState> => ({ now: isoTime(clock.now()), offsetMs: clock.offset() });
  return [
    read({
      path: "/dev/clock",
      tag: "Development",
      operationId: "getClock",
      summary: "Get the platform's clock",
      scope: "development",
      response: clockState,
      handle: async () => state(),
    }),
    change({
      method: "POST",
      path: "/dev/clock",
      tag: "Development",
      operationId: "moveClock",
      summary: "Move the platform's clock",
      scope: "development",
      example: { advance: "4h" },
      body: clockMove,
      response: clockState,
      // Jobs that become due run in transactions of their own.
      async prepare({ advance, set, reset }) {
        if (reset) await clock.reset();
        if (set !== undefined) await clock.set(set);
        if (advance !== undefined) await clock.advance(parseDuration(advance) ?? 0);
        logMove(log, clock);
      },
      handle: async () => state(),
    }),
  ];
}

function logMove(log: Log, clock: ManualClock): void {
  const [offset, now] = [clock.offset(), isoTime(clock.now())];
  const text =
    offset === 0
      ? `it shows the time of the machine again, ${now}`
      : `it shows ${now}; POST /admin/v1/dev/clock {"reset":true} sets it back`;
  log.info({ clock: describeOffset(offset), text }, "the clock was moved");
}
