import { z } from "zod";
import { isoTime, type ManualClock } from "../clock/index.ts";
import { change, instant, type Route, time } from "../management/index.ts";

const spans: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const longestAdvance = 400 * 86_400_000;

const clockMove = z
  .strictObject({
    advance: z
      .string()
      .regex(/^\d{1,9}(ms|s|m|h|d)$/)
      .refine((span) => readSpan(span) <= longestAdvance, {
        message: "must be at most 400d",
        params: { rule: "MAX" },
      })
      .optional()
      .meta({ description: "How far on: a number and ms, s, m, h or d, such as 4h; at most 400d" }),
    set: instant
      .refine((now) => /^(19[7-9]|2)/.test(isoTime(now)), { message: "must lie in the years 1970 to 2999" })
      .optional()
      .meta({ description: "An ISO 8601 instant; may lie in the past" }),
  })
  .refine((move) => (move.advance === undefined) !== (move.set === undefined), {
    message: "give either advance or set",
  });

/** Moves the platform's clock, and with it the life of every token. */
export function clockRoutes(clock: ManualClock): readonly Route[] {
  return [
    change({
      method: "post",
      path: "/dev/clock",
      tag: "Development",
      operationId: "moveClock",
      summary: "Move the platform's clock",
      scope: "development",
      body: clockMove,
      answer: z.object({ now: time }),
      // What falls due on the way writes in transactions of its own.
      async prepare({ advance, set }) {
        if (set !== undefined) await clock.set(set);
        if (advance !== undefined) await clock.advance(readSpan(advance));
      },
      handle: async () => ({ now: isoTime(clock.now()) }),
    }),
  ];
}

function readSpan(text: string): number {
  const [, count = "0", unit = "ms"] = /^(\d+)(\D+)$/.exec(text) ?? [];
  return Number(count) * (spans[unit] ?? 0);
}
