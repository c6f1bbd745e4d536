import { sql } from "kysely";
import { type Clock, minutes, monotonicSeconds, repeat, seconds } from "../../infrastructure/clock/index.ts";
import type { Database } from "../../infrastructure/database/index.ts";
import { describeError, type Log, type Metrics, measure } from "../../infrastructure/observability/index.ts";

interface Dependencies {
  /** The clock of this machine. */
  readonly clock: Clock;
  readonly database: Database;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "registry">;
}

/** The difference of the clocks above which a warning is logged, in milliseconds. */
const tolerance = seconds(1);

/**
 * Compares the clock of this machine with the clock of PostgreSQL every minute. SQLite has no clock of its own.
 *
 * @returns a function that stops it
 */
export function watchClockSkew({ clock, database, log, metrics }: Dependencies): () => Promise<void> {
  let skew = 0;
  let tooFar = false;
  measure(metrics.registry, "latchkey_clock_skew_seconds", {
    help: "How far the clock of this machine is ahead of the clock of PostgreSQL; 0 with SQLite.",
    value: () => skew / 1_000,
  });
  if (database.engine === "sqlite") return async () => {};
  const work = async (): Promise<void> => {
    skew = await readSkew(database, clock);
    const before = tooFar;
    tooFar = Math.abs(skew) > tolerance;
    if (tooFar && !before) {
      const text = "the clock of this machine differs from that of PostgreSQL; synchronize both";
      log.warn({ skewSeconds: skew / 1_000 }, text);
    } else if (before && !tooFar) log.info("the clocks of this machine and of PostgreSQL agree again");
  };
  const onError = (error: unknown): void =>
    log.warn(describeError(error), "the clock of PostgreSQL was not read");
  const first = work().catch(onError);
  const stop = repeat(clock, minutes(1), { work, onError });
  return async () => {
    await stop();
    await first;
  };
}

/** How far the clock is ahead of the clock of PostgreSQL, in milliseconds. */
async function readSkew({ read }: Database, clock: Clock): Promise<number> {
  const startedAt = monotonicSeconds();
  const { rows } = await sql<{ now: number }>`
    select cast(extract(epoch from clock_timestamp()) * 1000 as bigint) as now
  `.execute(read);
  const half = ((monotonicSeconds() - startedAt) / 2) * 1_000;
  return clock.now() - half - (rows[0]?.now ?? Number.NaN);
}
