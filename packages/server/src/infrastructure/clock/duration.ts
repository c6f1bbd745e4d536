import { days } from "./clock.ts";

/** A whole number and a unit, such as `4h`. */
export const durationPattern: RegExp = /^\d{1,9}(ms|s|m|h|d)$/;

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const maxDuration = days(400);

/**
 * Reads a text such as `"4h"`, or a number of milliseconds.
 *
 * @returns milliseconds; undefined for other values and above 400 days
 */
export function parseDuration(value: unknown): number | undefined {
  const ms = typeof value === "string" && durationPattern.test(value) ? readText(value) : value;
  return isCount(ms) && ms <= maxDuration ? ms : undefined;
}

function readText(text: string): number {
  const [, count = "", unit = ""] = /^(\d+)(\D+)$/.exec(text) ?? [];
  return Number(count) * (units[unit] ?? Number.NaN);
}

const maxClockTime = Date.UTC(3000, 0);

/** Whether a clock may be set to this: whole epoch milliseconds in the years 1970 to 2999. */
export function isClockTime(value: unknown): value is number {
  return isCount(value) && value < maxClockTime;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
