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

/**
 * Formats how far a clock was moved, such as `+4h`, `+1d 2h` or `-5s`: the two largest units, and at least milliseconds.
 *
 * @param ms milliseconds, negative for the past
 */
export function describeOffset(ms: number): string {
  let rest = Math.abs(ms);
  const parts: string[] = [];
  for (const [unit, size] of Object.entries(units).toReversed()) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0 && parts.length < 2) parts.push(`${count}${unit}`);
  }
  return `${ms < 0 ? "-" : "+"}${parts.join(" ") || "0s"}`;
}

const maxClockTime = Date.UTC(3000, 0);

/** Whether a clock may be set to this: whole epoch milliseconds in the years 1970 to 2999. */
export function isClockTime(value: unknown): value is number {
  return isCount(value) && value < maxClockTime;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
