import { sql } from "kysely";
import type { Queries, Write } from "../../../infrastructure/database/index.ts";

// The install barrier: deliveries of an instance are blocked until the first attempt of its `AppInstalled` has ended.

const instancesPerCall = 500;

/** Removes the barrier of each unattempted `AppInstalled` of a webhook that is paused or deleted. */
export async function liftInstallBarrier(trx: Write, webhookId: string): Promise<void> {
  await trx
    .updateTable("deliveries")
    .set({ blocks_until_attempted: 0 })
    .where("webhook_id", "=", webhookId)
    .where("blocks_until_attempted", "=", sql.lit(1))
    .execute();
}

/** Whether any delivery is blocked. */
export async function hasBlockedDeliveries(db: Queries): Promise<boolean> {
  const blocked = await db
    .selectFrom("deliveries")
    .select("delivery_id")
    .where("status", "=", sql.lit("blocked"))
    .orderBy("instance_id")
    .limit(1)
    .executeTakeFirst();
  return blocked !== undefined;
}

/**
 * Makes the blocked deliveries of up to 500 instances pending, where no `AppInstalled` blocks them any more.
 *
 * @returns whether there were any
 */
export async function unblockDeliveries(trx: Write, now: number): Promise<boolean> {
  const unblocked = await trx
    .selectFrom("deliveries as d")
    .select("d.instance_id")
    .distinct()
    .where("d.status", "=", sql.lit("blocked"))
    // "The first one is null" instead of "not exists": PostgreSQL then uses the index once for each instance.
    .where(
      (eb) =>
        eb
          .selectFrom("deliveries as first")
          .select("first.delivery_id")
          .whereRef("first.instance_id", "=", "d.instance_id")
          .where("first.blocks_until_attempted", "=", sql.lit(1))
          .limit(1),
      "is",
      null,
    )
    .limit(instancesPerCall)
    .execute();
  if (unblocked.length === 0) return false;
  await trx
    .updateTable("deliveries")
    .set({ status: "pending", next_attempt_at: now })
    .where("status", "=", sql.lit("blocked"))
    .where(
      "instance_id",
      "in",
      unblocked.map((row) => row.instance_id),
    )
    .execute();
  return true;
}
