import { sql } from "kysely";
import { Gauge, type Registry } from "prom-client";
import type { Clock } from "../../../infrastructure/clock/index.ts";
import type { Database } from "../../../infrastructure/database/index.ts";

/** The count of pending deliveries stops here: counting a million would take longer than a scrape may. */
const maxCounted = 10_000;

/** Registers gauges of pending events and deliveries, which read the database at each scrape. */
export function measureBacklog(
  registry: Registry,
  { clock, database }: { clock: Clock; database: Database },
): void {
  const registers = [registry];
  new Gauge({
    name: "latchkey_deliveries_pending",
    help: `Pending deliveries, including those of paused webhooks; counted up to ${maxCounted}.`,
    registers,
    async collect() {
      this.set(await countPending(database));
    },
  });
  new Gauge({
    name: "latchkey_delivery_oldest_due_seconds",
    help: "How long the most overdue delivery has been due; paused webhooks are left out.",
    registers,
    async collect() {
      this.set(ageOf(await oldestDue(database), clock.now()));
    },
  });
  new Gauge({
    name: "latchkey_event_oldest_waiting_seconds",
    help: "Age of the oldest event that is not fanned out yet.",
    registers,
    async collect() {
      this.set(ageOf(await oldestEvent(database), clock.now()));
    },
  });
}

function ageOf(at: number | null, now: number): number {
  return at === null ? 0 : Math.max(0, now - at) / 1_000;
}

async function countPending({ read }: Database): Promise<number> {
  const pending = read.selectFrom((eb) =>
    eb
      .selectFrom("deliveries")
      .select("delivery_id")
      .where("status", "=", sql.lit("pending"))
      .orderBy("webhook_id")
      .orderBy("next_attempt_at")
      .limit(maxCounted)
      .as("pending"),
  );
  const { count } = await pending
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return count;
}

/** When the most overdue delivery was due, in epoch milliseconds. Reads one index entry for each webhook. */
async function oldestDue({ read }: Database): Promise<number | null> {
  const oldestByWebhook = read
    .selectFrom("webhooks")
    .where("deleted_at", "is", null)
    .where("paused_at", "is", null)
    .select((eb) =>
      eb
        .selectFrom("deliveries")
        .select("next_attempt_at")
        .whereRef("deliveries.webhook_id", "=", "webhooks.webhook_id")
        .where("status", "=", sql.lit("pending"))
        .orderBy("next_attempt_at")
        .limit(1)
        .as("oldest"),
    );
  const { oldest } = await read
    .selectFrom(oldestByWebhook.as("oldest_by_webhook"))
    .select((eb) => eb.fn.min("oldest").as("oldest"))
    .executeTakeFirstOrThrow();
  return oldest;
}

async function oldestEvent({ read }: Database): Promise<number | null> {
  const row = await read
    .selectFrom("events")
    .select("occurred_at")
    .where("fanned_out_at", "is", null)
    .orderBy("event_id")
    .limit(1)
    .executeTakeFirst();
  return row?.occurred_at ?? null;
}
