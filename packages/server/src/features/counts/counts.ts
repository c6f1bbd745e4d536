import {
  type Clock,
  createDeferredJob,
  hours,
  minutes,
  nextTurn,
  seconds,
} from "../../infrastructure/clock/index.ts";
import type { CountsTable, Database } from "../../infrastructure/database/index.ts";
import { describeError, type Log } from "../../infrastructure/observability/index.ts";
import { addCounts } from "./counts.queries.ts";
import { type CountedMetric, countedMetrics, durationBounds, isTimed } from "./metrics.ts";

interface Dependencies {
  readonly clock: Clock;
  readonly database: Database;
  readonly log: Log;
}

interface Count {
  requests: number;
  durationMs: number;
  /** How many requests took at most the duration of the same index, and more than the one before. */
  readonly durations: number[] | undefined;
}

/** Counts of one minute by metric, app and outcome. */
type MinuteCounts = Readonly<Record<CountedMetric, Map<string, Map<string, Count>>>>;

/** Stands for all apps together. */
export const allApps = "";

const flushDelay = seconds(5);
const rowsPerTransaction = 100;
/** Counts that are converted to rows without a pause. */
const countsPerTurn = 100;
/** Counts in memory. Requests of further apps are counted for all apps together only. */
const maxCounts = 5_000;
/** Minutes in memory, as while the database does not respond. The oldest counts are dropped. */
const maxMinutes = 10;
/** Rows in memory that are not stored, as while the database is down. Counts beyond are dropped. */
const maxRows = 20_000;

/** Counts requests in memory, and adds the counts to the database every 5 seconds. `kill -9` loses those of the last 5 seconds. */
export class Counts {
  readonly #deps: Dependencies;
  readonly #storing: ReturnType<typeof createDeferredJob>;
  #minute = 0;
  #current = noCounts();
  #size = 0;
  /** Minutes that ended since the last run. */
  #ended: { readonly minute: number; readonly counts: MinuteCounts }[] = [];
  /** By key, those that are not stored yet. */
  readonly #rows = new Map<string, CountsTable>();

  constructor(deps: Dependencies) {
    this.#deps = deps;
    this.#storing = createDeferredJob(deps.clock, flushDelay, {
      work: () => this.#store(),
      onError: this.#failed,
    });
  }

  /**
   * Counts a request.
   *
   * @param outcome from a fixed set: each has rows of its own
   * @param appId undefined when the request does not prove which app sent it
   */
  add(metric: CountedMetric, outcome: string, appId: string | undefined): void {
    this.#count(metric, outcome, appId).requests += 1;
  }

  /** Counts a request and its duration. */
  addTimed({
    appId,
    durationMs,
    metric,
    outcome,
  }: {
    metric: CountedMetric;
    outcome: string;
    appId: string;
    durationMs: number;
  }): void {
    const count = this.#count(metric, outcome, appId);
    count.requests += 1;
    count.durationMs += Math.round(durationMs);
    const index = durationBounds.findIndex((bound) => durationMs <= bound);
    const { durations } = count;
    if (durations !== undefined && index >= 0) durations[index] = (durations[index] ?? 0) + 1;
  }

  /** Stores everything now. What cannot be stored is kept for the next run. */
  flush(): Promise<void> {
    return this.#storing.run();
  }

  /** Stores everything, and stops. Does not reject. */
  stop(): Promise<void> {
    return this.#storing.stop().catch(this.#failed);
  }

  readonly #failed = (error: unknown): void => {
    this.#deps.log.warn(describeError(error), "counts were not stored");
  };

  #count(metric: CountedMetric, outcome: string, appId = allApps): Count {
    this.#storing.schedule();
    const now = this.#deps.clock.now();
    const minute = now - (now % minutes(1));
    if (minute !== this.#minute) this.#begin(minute);
    const apps = this.#current[metric];
    const known = apps.get(appId);
    const found = known?.get(outcome);
    if (found !== undefined) return found;
    if (this.#size >= maxCounts && appId !== allApps) return this.#count(metric, outcome, allApps);
    const outcomes = known ?? new Map<string, Count>();
    const durations = isTimed(metric) ? durationBounds.map(() => 0) : undefined;
    const count = { requests: 0, durationMs: 0, durations };
    outcomes.set(outcome, count);
    apps.set(appId, outcomes);
    this.#size += 1;
    return count;
  }

  #begin(minute: number): void {
    if (this.#size > 0) this.#ended.push({ minute: this.#minute, counts: this.#current });
    if (this.#ended.length > maxMinutes) this.#ended.shift();
    this.#minute = minute;
    this.#current = noCounts();
    this.#size = 0;
  }

  async #store(): Promise<void> {
    this.#begin(this.#minute);
    const ended = this.#ended;
    this.#ended = [];
    for (const { counts, minute } of ended) await this.#toRows(minute, counts);
    // Sorted, so that two processes lock the rows in the same order.
    const keys = [...this.#rows.keys()].sort();
    for (let start = 0; start < keys.length; start += rowsPerTransaction) {
      const batch = keys.slice(start, start + rowsPerTransaction);
      const rows = batch.flatMap((key) => this.#rows.get(key) ?? []);
      await this.#deps.database.writeRelaxed((trx) => addCounts(trx, rows));
      for (const key of batch) this.#rows.delete(key);
      await nextTurn();
    }
  }

  /** Adds counts to the rows of their minute and their hour, for their app and for all apps. */
  async #toRows(minute: number, counts: MinuteCounts): Promise<void> {
    let converted = 0;
    for (const metric of countedMetrics) {
      for (const [appId, outcomes] of counts[metric]) {
        for (const [outcome, count] of outcomes) {
          for (const app_id of new Set([appId, allApps])) {
            this.#merge({ app_id, metric, outcome, step: "minute", at: minute, ...columnsOf(count) });
            const hour = minute - (minute % hours(1));
            this.#merge({ app_id, metric, outcome, step: "hour", at: hour, ...columnsOf(count) });
          }
          converted += 1;
          if (converted % countsPerTurn === 0) await nextTurn();
        }
      }
    }
  }

  #merge(row: CountsTable): void {
    const key = [row.app_id, row.metric, row.step, row.at, row.outcome].join(" ");
    const stored = this.#rows.get(key);
    if (stored === undefined) {
      if (this.#rows.size < maxRows) this.#rows.set(key, row);
      return;
    }
    stored.requests += row.requests;
    stored.duration_ms += row.duration_ms;
    for (const bound of durationBounds) stored[`ms_${bound}`] += row[`ms_${bound}`];
  }
}

function noCounts(): MinuteCounts {
  return { tokens: new Map(), apiCalls: new Map(), deliveries: new Map(), pluginCalls: new Map() };
}

function columnsOf({ durationMs, durations = [], requests }: Count) {
  const columns = durationBounds.map((bound, index) => [`ms_${bound}`, durations[index] ?? 0]);
  return {
    requests,
    duration_ms: durationMs,
    ...(Object.fromEntries(columns) as Record<`ms_${(typeof durationBounds)[number]}`, number>),
  };
}
