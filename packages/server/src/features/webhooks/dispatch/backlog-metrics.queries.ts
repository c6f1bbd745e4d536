import type { Registry } from "prom-client";
import type { Clock } from "../../../infrastructure/clock/index.ts";
import type { Database, Queries } from "../../../infrastructure/database/index.ts";
import { measure, sameEverywhere } from "../../../infrastructure/observability/index.ts";
import { countPending, firstDueTime } from "../deliveries/index.ts";
import { readOldestPending } from "../fan-out/index.ts";

/** Registers gauges of pending events and deliveries, which read the database at each scrape. */
export function measureBacklog(
  registry: Registry,
  { clock, database: { read } }: { clock: Clock; database: Database },
): void {
  const secondsSince = (at: number | null): number =>
    at === null ? 0 : Math.max(0, clock.now() - at) / 1_000;
  measure(registry, "latchkey_deliveries_pending", {
    help: `Pending deliveries, including those of paused webhooks; counted up to 10000. ${sameEverywhere}`,
    value: () => countPending(read),
  });
  measure(registry, "latchkey_delivery_oldest_due_seconds", {
    help: `How long the most overdue delivery has been due; paused webhooks are left out. ${sameEverywhere}`,
    value: async () => secondsSince(await oldestDue(read)),
  });
  measure(registry, "latchkey_event_oldest_waiting_seconds", {
    help: `Age of the oldest event that is not fanned out yet. ${sameEverywhere}`,
    value: async () => secondsSince(await readOldestPending(read)),
  });
}

/** What waits: pending deliveries, counted up to 10,000; and times in epoch milliseconds, null when nothing waits. */
export interface Backlog {
  readonly pending: number;
  readonly oldestDueAt: number | null;
  readonly oldestEventAt: number | null;
}

export async function readBacklog(db: Queries): Promise<Backlog> {
  const [pending, oldestDueAt, oldestEventAt] = await Promise.all([
    countPending(db),
    oldestDue(db),
    readOldestPending(db),
  ]);
  return { pending, oldestDueAt, oldestEventAt };
}

/** When the most overdue delivery was due, in epoch milliseconds. Reads one index entry for each webhook. */
async function oldestDue(db: Queries): Promise<number | null> {
  const { oldest } = await db
    .selectFrom("webhooks")
    .where("deleted_at", "is", null)
    .where("paused_at", "is", null)
    .select((eb) => eb.fn.min<number | null>(firstDueTime).as("oldest"))
    .executeTakeFirstOrThrow();
  return oldest;
}
