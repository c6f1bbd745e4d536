import { sql } from "kysely";
import type {
  DeliveriesTable,
  EventsTable,
  Queries,
  WebhooksTable,
  Write,
} from "../../../infrastructure/database/index.ts";

/** A subscription with deliveries that are due. */
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

/** A delivery that nobody else sends before its lease ends. */
export type ClaimedDelivery = Pick<
  DeliveriesTable,
  "delivery_id" | "event_id" | "instance_id" | "event_type" | "sequence" | "attempts" | "attempt_offset"
> &
  Pick<EventsTable, "payload" | "identity" | "occurred_at"> & { readonly blocks_until_attempted: number };

/** Subscriptions with something due, by id from behind `after`. */
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
    // The first one, and not whether there is one: so that whatever a planner believes, it looks at one entry of the index.
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
 * Leases due deliveries of a subscription, those due longest first and within an instant by sequence. Of those that go
 * in order, each waits for the ones before it.
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
              // Those in order are pending or waiting. Its status as such would allow the index of all that is due.
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

/** Gives deliveries back that were claimed and not tried. */
export async function releaseClaims(trx: Write, deliveryIds: readonly string[], now: number): Promise<void> {
  if (deliveryIds.length === 0) return;
  const claimed = await trx
    .selectFrom("deliveries")
    .select(["delivery_id", "leased_until"])
    .where("delivery_id", "in", deliveryIds)
    .forUpdate()
    .execute();
  // Looked at here: as a condition, PostgreSQL may read the index of all that is leased.
  const leased = claimed.filter((row) => row.leased_until !== null);
  if (leased.length === 0) return;
  await trx
    .updateTable("deliveries")
    .set({ leased_until: null, next_attempt_at: now })
    .where("delivery_id", "in", idsOf(leased))
    .execute();
}

/** Ends every lease: for whoever knows that nobody else sends. */
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
