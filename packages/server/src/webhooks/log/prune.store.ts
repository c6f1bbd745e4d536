import { sql } from "kysely";
import type { Write } from "../../db/index.ts";
import { cancelDeliveries } from "./deliveries.store.ts";

const rowsPerStep = 500;

/**
 * Forgets deliveries that ended before `before`, with their attempts, and events that nobody hears any more. What an
 * endpoint has not got yet is kept, whatever its age.
 *
 * @param before epoch milliseconds
 * @returns whether there is more to forget
 */
export async function pruneDeliveries(trx: Write, before: number): Promise<boolean> {
  // Ids begin with the time, so the oldest come first without an index of their own.
  const old = await trx
    .selectFrom("deliveries")
    .select("delivery_id")
    .where("delivery_id", "<", idAt(before))
    .where("ended_at", "<", before)
    .orderBy("delivery_id")
    .limit(rowsPerStep)
    .execute();
  const ids = old.map((row) => row.delivery_id);
  if (ids.length > 0) {
    await trx.deleteFrom("delivery_attempts").where("delivery_id", "in", ids).execute();
    await trx.deleteFrom("deliveries").where("delivery_id", "in", ids).execute();
  }
  const events = await pruneEvents(trx, before);
  return ids.length === rowsPerStep || events;
}

async function pruneEvents(trx: Write, before: number): Promise<boolean> {
  const old = await trx
    .selectFrom("events")
    .select("event_id")
    .where("event_id", "<", idAt(before))
    .where("fanned_at", "<", before)
    .where(({ exists, not, selectFrom }) =>
      not(
        exists(
          selectFrom("deliveries")
            .select("deliveries.delivery_id")
            .whereRef("deliveries.event_id", "=", "events.event_id"),
        ),
      ),
    )
    .orderBy("event_id")
    .limit(rowsPerStep)
    .execute();
  const ids = old.map((row) => row.event_id);
  if (ids.length > 0) await trx.deleteFrom("events").where("event_id", "in", ids).execute();
  return ids.length === rowsPerStep;
}

/** Cancels what still waits for subscriptions that were deleted. */
export async function cancelForDeleted(trx: Write, now: number): Promise<boolean> {
  const webhook = await trx
    .selectFrom("webhooks")
    .select("webhook_id")
    .where("deleted_at", "is not", null)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom("deliveries")
          .select(sql<number>`1`.as("one"))
          .whereRef("deliveries.webhook_id", "=", "webhooks.webhook_id")
          .where("status", "=", sql.lit("pending")),
      ),
    )
    .executeTakeFirst();
  if (webhook === undefined) return false;
  await cancelDeliveries(trx, { webhookId: webhook.webhook_id, now });
  return true;
}

/** What ids made from `epochMs` on are not less than. */
function idAt(epochMs: number): string {
  const hex = Math.max(0, epochMs).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}
