import { lowestIdAt, type Page, type Write } from "../../../infrastructure/database/index.ts";
import type { RowsAboveQuota } from "../../apps/index.ts";
import { cancelDeliveries, firstDueTime } from "./deliveries.queries.ts";

// Each step reads a page of rows by primary key and filters them here, so that PostgreSQL has only one plan. The next step
// continues after the last row of the page.

/**
 * Deletes deliveries that ended before `before` (epoch milliseconds), and their attempts. A delivery that has not ended is
 * kept, whatever its age.
 */
export async function pruneDeliveries(
  trx: Write,
  { after, before, limit }: Page & { before: number },
): Promise<string | undefined> {
  const oldest = await oldestDeliveries(trx, { after, limit, newest: lowestIdAt(before) }).execute();
  const ended = oldest.filter((row) => row.ended_at !== null && row.ended_at < before);
  const deleted = await deleteEnded(trx, ended);
  if (deleted.length > 0) {
    await deleteAttempts(trx, { ids: oldest.map((row) => row.delivery_id), deleted: new Set(deleted) });
  }
  return oldest.length < limit ? undefined : oldest.at(-1)?.delivery_id;
}

/** Deletes deliveries above the quota of an app, and their attempts, except those that have not ended. */
export async function pruneDeliveriesAboveQuota(
  trx: Write,
  page: RowsAboveQuota,
): Promise<string | undefined> {
  const oldest = await oldestDeliveries(trx, page).where("app_id", "=", page.appId).execute();
  const ended = oldest.filter((row) => row.ended_at !== null);
  for (const id of await deleteEnded(trx, ended)) {
    await trx.deleteFrom("delivery_attempts").where("delivery_id", "=", id).execute();
  }
  return oldest.length < page.limit ? undefined : oldest.at(-1)?.delivery_id;
}

// No id equals `lowestIdAt` of a time, so `<=` also means before that time.
function oldestDeliveries(trx: Write, { after, limit, newest }: Page & { newest: string }) {
  return trx
    .selectFrom("deliveries")
    .select(["delivery_id", "ended_at"])
    .where("delivery_id", ">", after)
    .where("delivery_id", "<=", newest)
    .orderBy("delivery_id")
    .limit(limit);
}

async function deleteEnded(trx: Write, rows: readonly { delivery_id: string }[]): Promise<string[]> {
  if (rows.length === 0) return [];
  const deleted = await trx
    .deleteFrom("deliveries")
    .where(
      "delivery_id",
      "in",
      rows.map((row) => row.delivery_id),
    )
    // A replay may have requeued it since it was read.
    .where("ended_at", "is not", null)
    .returning("delivery_id")
    .execute();
  return deleted.map((row) => row.delivery_id);
}

/** Deletes attempts by a range of delivery ids: for a list of ids, PostgreSQL may plan to read all attempts. */
async function deleteAttempts(
  trx: Write,
  { deleted, ids }: { ids: readonly string[]; deleted: ReadonlySet<string> },
): Promise<void> {
  const kept = ids.filter((id) => !deleted.has(id));
  let attempts = trx
    .deleteFrom("delivery_attempts")
    .where("delivery_id", ">=", ids[0] ?? "")
    .where("delivery_id", "<=", ids.at(-1) ?? "");
  if (kept.length > 0) attempts = attempts.where("delivery_id", "not in", kept);
  await attempts.execute();
}

/** Deletes events that were fanned out before `before` (epoch milliseconds) and have no delivery. */
export async function pruneEvents(
  trx: Write,
  { after, before, limit }: Page & { before: number },
): Promise<string | undefined> {
  const oldest = await trx
    .selectFrom("events")
    .select(["event_id", "fanned_out_at"])
    // The first delivery in index order instead of "exists": one index lookup for each event.
    .select((eb) =>
      eb
        .selectFrom("deliveries")
        .select("deliveries.delivery_id")
        .whereRef("deliveries.event_id", "=", "events.event_id")
        .orderBy("deliveries.webhook_id")
        .orderBy("deliveries.instance_id")
        .limit(1)
        .as("delivery"),
    )
    .where("event_id", ">", after)
    .where("event_id", "<", lowestIdAt(before))
    .orderBy("event_id")
    .limit(limit)
    .execute();
  const ids = oldest
    .filter((row) => row.delivery === null && row.fanned_out_at !== null && row.fanned_out_at < before)
    .map((row) => row.event_id);
  if (ids.length > 0) await trx.deleteFrom("events").where("event_id", "in", ids).execute();
  return oldest.length < limit ? undefined : oldest.at(-1)?.event_id;
}

/** Cancels up to `limit` pending deliveries of one deleted webhook. */
export async function cancelForDeleted(
  trx: Write,
  { after, limit, now }: Page & { now: number },
): Promise<string | undefined> {
  const webhook = await trx
    .selectFrom("webhooks")
    .select("webhook_id")
    .where("deleted_at", "is not", null)
    .where("webhook_id", ">=", after)
    .where(firstDueTime, "is not", null)
    .orderBy("webhook_id")
    .limit(1)
    .executeTakeFirst();
  if (webhook === undefined) return undefined;
  await cancelDeliveries(trx, { webhookId: webhook.webhook_id, status: "pending", now, limit });
  return webhook.webhook_id;
}
