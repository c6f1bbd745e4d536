import { sql } from "kysely";
import type {
  DeliveriesTable,
  EventsTable,
  Queries,
  WebhooksTable,
  Write,
} from "../../../infrastructure/database/index.ts";

/** A webhook with deliveries that are due, and what sending them needs. */
export type DueWebhook = Pick<
  WebhooksTable,
  | "webhook_id"
  | "app_id"
  | "url"
  | "sealed_secret"
  | "sealed_previous_secret"
  | "previous_secret_expires_at"
  | "failures"
>;

/** A delivery with a lease: no other process sends it before the lease ends. */
export type ClaimedDelivery = Pick<
  DeliveriesTable,
  "delivery_id" | "event_id" | "instance_id" | "event_type" | "sequence" | "attempts" | "attempt_offset"
> &
  Pick<EventsTable, "payload" | "identity" | "occurred_at"> & { readonly blocks_until_attempted: number };

/** Webhooks with deliveries that are due, by id after `after`. */
export async function findDueWebhooks(
  db: Queries,
  { after, limit, now }: { after: string; limit: number; now: number },
): Promise<DueWebhook[]> {
  return await db
    .selectFrom("webhooks")
    .select([
      ...(["webhook_id", "app_id", "url", "failures"] as const),
      ...(["sealed_secret", "sealed_previous_secret", "previous_secret_expires_at"] as const),
    ])
    .where("webhook_id", ">", after)
    .where("deleted_at", "is", null)
    .where("paused_at", "is", null)
    // The time of the first one instead of "exists": the plan then reads one index entry, whatever the statistics say.
    .where(
      (eb) =>
        eb
          .selectFrom("deliveries")
          .select("next_attempt_at")
          .whereRef("deliveries.webhook_id", "=", "webhooks.webhook_id")
          .where("status", "=", sql.lit("pending"))
          .orderBy("next_attempt_at")
          .limit(1),
      "<=",
      now,
    )
    .orderBy("webhook_id")
    .limit(limit)
    .execute();
}

/**
 * Claims due deliveries of a webhook by leasing them, the longest due first, and by sequence among those due at the same
 * time. An ordered delivery waits for the earlier ordered ones of its instance. A claim moves the next attempt to the
 * end of the lease, so that a crash makes the delivery due again.
 */
export async function claimDue(
  trx: Write,
  claim: { webhookId: string; limit: number; now: number; leaseMs: number },
): Promise<ClaimedDelivery[]> {
  const { leaseMs, limit, now, webhookId } = claim;
  const claimed = await trx
    .selectFrom("deliveries as d")
    .innerJoin("events as e", "e.event_id", "d.event_id")
    .select([
      ...(["d.delivery_id", "d.event_id", "d.instance_id", "d.event_type", "d.sequence"] as const),
      ...(["d.attempts", "d.attempt_offset", "d.blocks_until_attempted"] as const),
      ...(["e.payload", "e.identity", "e.occurred_at"] as const),
    ])
    .where("d.webhook_id", "=", webhookId)
    .where("d.status", "=", sql.lit("pending"))
    .where("d.next_attempt_at", "<=", now)
    .where(({ eb, exists, not, or, selectFrom }) =>
      or([
        eb("d.ordered", "=", 0),
        not(
          exists(
            selectFrom("deliveries as before")
              .select("before.delivery_id")
              .whereRef("before.webhook_id", "=", "d.webhook_id")
              .whereRef("before.instance_id", "=", "d.instance_id")
              .whereRef("before.sequence", "<", "d.sequence")
              .where("before.ordered", "=", sql.lit(1))
              // Means "pending", because an ordered delivery is pending or blocked; written so, PostgreSQL cannot use the index of due deliveries.
              .where("before.status", "<>", "blocked"),
          ),
        ),
      ]),
    )
    .orderBy("d.next_attempt_at")
    .orderBy("d.sequence")
    .limit(limit)
    .forUpdate("d")
    .skipLocked()
    .execute();
  if (claimed.length === 0) return [];
  await trx
    .updateTable("deliveries")
    .set({ leased_until: now + leaseMs, next_attempt_at: now + leaseMs })
    .where("delivery_id", "in", idsOf(claimed))
    .execute();
  return claimed;
}

/** Ends the leases of deliveries that were claimed but not attempted; they are due at once. */
export async function releaseClaims(trx: Write, deliveryIds: readonly string[], now: number): Promise<void> {
  if (deliveryIds.length === 0) return;
  const claimed = await trx
    .selectFrom("deliveries")
    .select(["delivery_id", "leased_until"])
    .where("delivery_id", "in", deliveryIds)
    .forUpdate()
    .execute();
  // Filtered here: with a condition in SQL, PostgreSQL may read the index of all leases.
  const leased = claimed.filter((row) => row.leased_until !== null);
  if (leased.length === 0) return;
  await trx
    .updateTable("deliveries")
    .set({ leased_until: null, next_attempt_at: now })
    .where("delivery_id", "in", idsOf(leased))
    .execute();
}

/** Ends every lease. Only for a process that is the only one on its database. */
export async function endLeases(trx: Write, now: number): Promise<void> {
  await trx
    .updateTable("deliveries")
    .set({ leased_until: null, next_attempt_at: now })
    .where("leased_until", "is not", null)
    .execute();
}

function idsOf(deliveries: readonly { delivery_id: string }[]): string[] {
  return deliveries.map((delivery) => delivery.delivery_id);
}
