import { sql } from "kysely";
import type { Queries, Write } from "../../../infrastructure/database/index.ts";

const instancesAtOnce = 500;

/** No longer waits for the introductions that a subscription was to make: it is held, or gone. */
export async function endIntroductions(trx: Write, webhookId: string): Promise<void> {
  await trx
    .updateTable("deliveries")
    .set({ introduces: 0 })
    .where("webhook_id", "=", webhookId)
    .where("introduces", "=", sql.lit(1))
    .execute();
}

/** Whether any delivery waits for an introduction. */
export async function hasWaitingDeliveries(db: Queries): Promise<boolean> {
  const found = await db
    .selectFrom("deliveries")
    .select("delivery_id")
    .where("status", "=", sql.lit("waiting"))
    .orderBy("instance_id")
    .limit(1)
    .execute();
  return found.length > 0;
}

/**
 * Lets deliveries go that waited for the `AppInstalled` of their instance, where no attempt of it is outstanding.
 *
 * @returns whether there were any
 */
export async function releaseIntroduced(trx: Write, now: number): Promise<boolean> {
  const introduced = await trx
    .selectFrom("deliveries as d")
    .select("d.instance_id")
    .distinct()
    .where("d.status", "=", sql.lit("waiting"))
    // The first one, and not whether there is one, so that PostgreSQL looks into the index for each instance.
    .where(
      (eb) =>
        eb
          .selectFrom("deliveries as first")
          .select("first.delivery_id")
          .whereRef("first.instance_id", "=", "d.instance_id")
          .where("first.introduces", "=", sql.lit(1))
          .limit(1),
      "is",
      null,
    )
    .limit(instancesAtOnce)
    .execute();
  if (introduced.length === 0) return false;
  await trx
    .updateTable("deliveries")
    .set({ status: "pending", next_attempt_at: now })
    .where("status", "=", sql.lit("waiting"))
    .where(
      "instance_id",
      "in",
      introduced.map((row) => row.instance_id),
    )
    .execute();
  return true;
}
