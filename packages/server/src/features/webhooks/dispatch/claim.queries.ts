import { sql } from "kysely";
import type { Queries, WebhooksTable, Write } from "../../../infrastructure/database/index.ts";
import { type DeliveryWithEvent, firstDueTime } from "../deliveries/index.ts";
import { readTurns } from "./turns.queries.ts";

/** Webhooks with deliveries that are due, by id after `after`. */
export async function findDueWebhooks(
  db: Queries,
  { after, limit, now }: { after: string; limit: number; now: number },
): Promise<WebhooksTable[]> {
  return await db
    .selectFrom("webhooks")
    .selectAll()
    .where("webhook_id", ">", after)
    .where("deleted_at", "is", null)
    .where("paused_at", "is", null)
    .where(firstDueTime, "<=", now)
    .orderBy("webhook_id")
    .limit(limit)
    .execute();
}

/** A claim of due deliveries. */
interface Claim {
  readonly webhookId: string;
  readonly limit: number;
  readonly now: number;
  /** The `lastInstance` of the last claim. */
  readonly after: string;
}

/**
 * Claims due deliveries of a webhook: locks them until the transaction ends, in which {@link leaseDeliveries} leases them.
 * When more are due than its limit, sites take turns. Otherwise, and within a site, the longest due come first, and those due at
 * the same time by sequence. An ordered delivery waits for the earlier ordered ones of its instance.
 */
export async function claimDue(
  trx: Write,
  claim: Claim,
): Promise<{ deliveries: DeliveryWithEvent[]; lastInstance: string }> {
  const { limit, now, webhookId } = claim;
  const longestDue = await dueDeliveries(trx, now)
    .where("d.webhook_id", "=", webhookId)
    .where("d.status", "=", sql.lit("pending"))
    .orderBy("d.next_attempt_at")
    .orderBy("d.sequence")
    .limit(limit)
    .execute();
  if (longestDue.length === 0) return { deliveries: [], lastInstance: "" };
  return longestDue.length < limit
    ? { deliveries: longestDue, lastInstance: "" }
    : await takeTurns(trx, claim, longestDue);
}

/** Leases claimed deliveries: no other process sends them before the lease ends. The next attempt is due at the end of the lease, in case this process crashes. */
export async function leaseDeliveries(
  trx: Write,
  deliveryIds: readonly string[],
  until: number,
): Promise<void> {
  if (deliveryIds.length === 0) return;
  await trx
    .updateTable("deliveries")
    .set({ leased_until: until, next_attempt_at: until })
    .where("delivery_id", "in", deliveryIds)
    .execute();
}

/** Replaces some of the longest due deliveries by those of other sites. */
async function takeTurns(
  trx: Write,
  claim: Claim,
  longestDue: readonly DeliveryWithEvent[],
): Promise<{ deliveries: DeliveryWithEvent[]; lastInstance: string }> {
  const { deliveryIds, lastInstance } = await readTurns(trx, claim);
  const byId = new Map(longestDue.map((delivery) => [delivery.delivery_id, delivery]));
  const others = deliveryIds.filter((id) => !byId.has(id));
  if (others.length > 0) {
    const found = await dueDeliveries(trx, claim.now).where("d.delivery_id", "in", others).execute();
    for (const delivery of found) byId.set(delivery.delivery_id, delivery);
  }
  const next = deliveryIds.flatMap((id) => byId.get(id) ?? []);
  return { deliveries: [...new Set([...next, ...longestDue])].slice(0, claim.limit), lastInstance };
}

/** Due deliveries that no other process claims now, except ordered ones that wait for others. */
function dueDeliveries(trx: Write, now: number) {
  return trx
    .selectFrom("deliveries as d")
    .innerJoin("events as e", "e.event_id", "d.event_id")
    .selectAll("d")
    .select(["e.payload", "e.identity", "e.occurred_at", "e.traceparent"])
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
              // An ordered delivery is pending or blocked. Written as "= 'pending'", PostgreSQL may use the index of
              // due deliveries.
              .where("before.status", "<>", "blocked"),
          ),
        ),
      ]),
    )
    .forUpdate("d")
    .skipLocked();
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
