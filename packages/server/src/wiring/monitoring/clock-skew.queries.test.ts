import { Registry } from "prom-client";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createManualClock, type ManualClock, systemClock } from "../../infrastructure/clock/index.ts";
import { createLog } from "../../infrastructure/observability/index.ts";
import { createTestDatabase, type engines, type TestDatabase } from "../../testing/test-database.ts";
import { watchClockSkew } from "./clock-skew.queries.ts";

const minute = 60_000;

let storage: TestDatabase;
let lines: string[];
let registry: Registry;
let stop: () => Promise<void>;

async function watch(engine: (typeof engines)[number], clock: ManualClock): Promise<void> {
  storage = await createTestDatabase(engine, { migrated: false });
  const write = (...entry: unknown[]) => void lines.push(String(entry.at(-1)));
  const log = { ...createLog("silent"), debug: write, info: write, warn: write, error: write };
  stop = watchClockSkew({ clock, database: storage.database, log, metrics: { registry } });
}

beforeEach(() => {
  lines = [];
  registry = new Registry();
});
afterEach(async () => {
  await stop();
  await storage.remove();
});

const skew = async (): Promise<number> =>
  Number(/^latchkey_clock_skew_seconds (\S+)$/m.exec(await registry.metrics())?.[1]);

test("FR-B13: a clock that differs from that of PostgreSQL is measured and logged, once", async () => {
  const clock = createManualClock(systemClock);
  await clock.set(systemClock.now() - 60 * minute);
  await watch("postgres", clock);
  await expect.poll(skew).toBeCloseTo(-3_600, -1);
  await clock.advance(minute);
  await clock.advance(minute);
  expect(lines).toEqual(["the clock of this machine differs from that of PostgreSQL; synchronize both"]);
  await clock.set(systemClock.now());
  expect(await skew()).toBeCloseTo(0, -1);
  expect(lines.slice(1)).toEqual(["the clocks of this machine and of PostgreSQL agree again"]);
});

test("FR-B13: SQLite has no other clock", async () => {
  const clock = createManualClock(systemClock);
  await watch("sqlite", clock);
  await clock.advance(60 * minute);
  expect([await skew(), lines]).toEqual([0, []]);
});
