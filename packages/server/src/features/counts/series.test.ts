import { expect, test } from "vitest";
import type { CountsTable } from "../../infrastructure/database/index.ts";
import { percentile, seriesOf } from "./series.ts";

const none = { ms_5: 0, ms_25: 0, ms_100: 0, ms_250: 0, ms_500: 0, ms_1000: 0, ms_2500: 0, ms_5000: 0 };

function row(fields: Partial<CountsTable>): CountsTable {
  const key = { app_id: "a", metric: "deliveries", step: "minute", at: 0, outcome: "delivered" } as const;
  return { ...key, requests: 1, duration_ms: 0, ...none, ms_10000: 0, ...fields };
}

test("a percentile is estimated within the bounds of its durations", () => {
  const requests = row({ requests: 100, ms_5: 50, ms_25: 40, ms_100: 10 });
  expect(percentile(requests, 0.5)).toBe(5);
  expect(percentile(requests, 0.9)).toBe(25);
  expect(percentile(requests, 0.95)).toBe(63);
  expect(percentile(row({ requests: 1, ms_250: 1 }), 0.5)).toBe(250);
});

test("a percentile above every bound is the last one", () => {
  expect(percentile(row({ requests: 10, ms_5: 1 }), 0.95)).toBe(10_000);
});

test("each outcome has a value for each time, the most frequent outcome first", () => {
  const rows = [
    row({ at: 60, outcome: "timeout", requests: 2, duration_ms: 3, ms_5: 2 }),
    row({ at: 0, outcome: "delivered", requests: 2, duration_ms: 9, ms_5: 2 }),
    row({ at: 120, outcome: "delivered", requests: 1, duration_ms: 2, ms_5: 1 }),
  ];
  expect(seriesOf(rows, { at: [0, 60, 120], timed: true })).toEqual([
    {
      ...{ outcome: "delivered", total: 3, counts: [2, 0, 1] },
      ...{ averageMs: [5, null, 2], p50Ms: [3, null, 5], p95Ms: [5, null, 5] },
    },
    {
      ...{ outcome: "timeout", total: 2, counts: [0, 2, 0] },
      ...{ averageMs: [null, 2, null], p50Ms: [null, 3, null], p95Ms: [null, 5, null] },
    },
  ]);
});

test("metrics without durations have counts only", () => {
  expect(seriesOf([row({ at: 0 })], { at: [0], timed: false })).toEqual([
    { outcome: "delivered", total: 1, counts: [1] },
  ]);
});
