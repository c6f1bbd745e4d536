import { type RawBuilder, sql } from "kysely";
import type {
  DeliveriesTable,
  DeliveryAttemptsTable,
  EventsTable,
  Queries,
  Write,
} from "../../../infrastructure/database/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";

/** A delivery that is due at `now` (epoch milliseconds) and has not been attempted. */
export function newDelivery(
  row: Pick<
    DeliveriesTable,
    "delivery_id" | "event_id" | "webhook_id" | "app_id" | "instance_id" | "event_type"
  > &
    Partial<DeliveriesTable>,
  now: number,
): DeliveriesTable {
  return {
    sequence: null,
    status: "pending",
    attempts: 0,
    attempt_offset: 0,
    next_attempt_at: now,
    leased_until: null,
    ordered: 0,
    blocks_until_attempted: 0,
    created_at: now,
    ended_at: null,
    ...row,
  };
}

/** A delivery with its event. */
export type DeliveryWithEvent = DeliveriesTable &
  Pick<EventsTable, "payload" | "identity" | "occurred_at" | "traceparent">;

/** Throws `DELIVERY_NOT_FOUND`. */
export async function readDelivery(db: Queries, deliveryId: string): Promise<DeliveryWithEvent> {
  const row = await db
    .selectFrom("deliveries")
    .innerJoin("events", "events.event_id", "deliveries.event_id")
    .selectAll("deliveries")
    .select(["events.payload", "events.identity", "events.occurred_at", "events.traceparent"])
    .where("deliveries.delivery_id", "=", deliveryId)
    .executeTakeFirst();
  if (row === undefined) throw new ApiError("DELIVERY_NOT_FOUND");
  return row;
}

const maxListedAttempts = 100;

/** The last 100 attempts of a delivery, oldest first. */
export async function listAttempts(db: Queries, deliveryId: string): Promise<DeliveryAttemptsTable[]> {
  const rows = await db
    .selectFrom("delivery_attempts")
    .selectAll()
    .where("delivery_id", "=", deliveryId)
    .orderBy("attempt", "desc")
    .limit(maxListedAttempts)
    .execute();
  return rows.reverse();
}

/** Counting stops here: counting a million rows takes too long. */
const maxCounted = 10_000;

/** Number of pending deliveries, of one webhook or of all, counted up to `max`; default 10,000. */
export async function countPending(
  db: Queries,
  { max = maxCounted, webhookId }: { webhookId?: string; max?: number } = {},
): Promise<number> {
  let pending = db
    .selectFrom("deliveries")
    .select("delivery_id")
    .where("status", "=", sql.lit("pending"))
    .orderBy("webhook_id")
    .orderBy("next_attempt_at")
    .limit(max);
  if (webhookId !== undefined) pending = pending.where("webhook_id", "=", webhookId);
  const { count } = await db
    .selectFrom(pending.as("pending"))
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return count;
}

/** Numbers of pending deliveries by webhook, for each app that has some; for one app counted up to `max` together. */
export async function countPendingByWebhook(
  db: Queries,
  appIds: readonly string[],
  max: number,
): Promise<Map<string, Map<string, number>>> {
  const webhooks = await db
    .selectFrom("webhooks")
    .select(["app_id", "webhook_id"])
    .where("app_id", "in", appIds)
    .where("deleted_at", "is", null)
    .where(firstDueTime, "is not", null)
    .orderBy("webhook_id")
    .execute();
  const byApp = new Map<string, Map<string, number>>();
  for (const [appId, own] of Map.groupBy(webhooks, (webhook) => webhook.app_id)) {
    const counts = new Map<string, number>();
    let left = max;
    for (const { webhook_id } of own) {
      if (left === 0) break;
      const count = await countPending(db, { webhookId: webhook_id, max: left });
      counts.set(webhook_id, count);
      left -= count;
    }
    byApp.set(appId, counts);
  }
  return byApp;
}

/**
 * When the first pending delivery of the row of `webhooks` is due; null without one. Used instead of "exists", because
 * its plan reads one index entry, with any statistics.
 */
export const firstDueTime: RawBuilder<number | null> = sql`(
  select next_attempt_at from deliveries
  where deliveries.webhook_id = webhooks.webhook_id and deliveries.status = 'pending'
  order by next_attempt_at limit 1)`;

/**
 * Cancels up to `limit` deliveries of a webhook with the given status. Hourly maintenance cancels the rest. It
 * looks for pending ones only, because blocked ones are pending by then.
 */
export async function cancelDeliveries(
  trx: Write,
  { limit, now, status, webhookId }: { webhookId: string; status: Unsent; now: number; limit: number },
): Promise<void> {
  const found = await trx
    .selectFrom("deliveries")
    .select("delivery_id")
    .where("webhook_id", "=", webhookId)
    .where("status", "=", sql.lit(status))
    .orderBy("next_attempt_at")
    .limit(limit)
    .execute();
  const ids = found.map((row) => row.delivery_id);
  await cancelByIds(trx, ids, now);
}

/** Cancels the deliveries that have not ended, also those in flight, and returns their number. They block no other. */
export async function cancelByIds(trx: Write, deliveryIds: readonly string[], now: number): Promise<number> {
  if (deliveryIds.length === 0) return 0;
  const result = await trx
    .updateTable("deliveries")
    .set({
      ...{ status: "canceled", ended_at: now, next_attempt_at: null, leased_until: null },
      ...{ ordered: 0, blocks_until_attempted: 0 },
    })
    .where("delivery_id", "in", deliveryIds)
    .where("ended_at", "is", null)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

type Unsent = Extract<DeliveriesTable["status"], "pending" | "blocked">;
