import { sql } from "kysely";
import type { Write } from "../../../infrastructure/database/index.ts";
import { unblockDeliveries } from "../deliveries/index.ts";
import type { EndedAttempt } from "./ended-attempt.ts";

/**
 * Stores attempts and updates their deliveries. A delivery that another process has completed meanwhile stays as it is.
 */
export async function writeAttempts(
  trx: Write,
  attempts: readonly EndedAttempt[],
  now: number,
): Promise<void> {
  await trx
    .insertInto("delivery_attempts")
    .values(
      attempts.map(({ attempt, deliveryId, format, result, startedAt }) => ({
        ...{ delivery_id: deliveryId, attempt, started_at: startedAt, format },
        ...{ duration_ms: Math.round(result.durationMs), outcome: result.outcome },
        ...{ status: result.status, response: result.response, detail: result.detail },
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const delivered = attempts.filter((ended) => ended.result.outcome === "delivered");
  await complete(trx, idsOf(delivered), { status: "delivered", now });
  const failed = attempts.filter((ended) => ended.result.outcome !== "delivered");
  await complete(trx, idsOf(failed.filter(isLast)), { status: "failed", now });
  await scheduleRetries(
    trx,
    failed.filter((ended) => !isLast(ended)),
  );
  if (attempts.some((ended) => ended.blocksUntilAttempted)) await unblockDeliveries(trx, now);
}

// The condition is on `ended_at`: for one on `status`, PostgreSQL may read the partial index of all pending deliveries.
async function complete(
  trx: Write,
  deliveryIds: readonly string[],
  { now, status }: { now: number; status: "delivered" | "failed" },
): Promise<void> {
  if (deliveryIds.length === 0) return;
  await trx
    .updateTable("deliveries")
    .set((eb) => ({
      ...{ status, ended_at: now, next_attempt_at: null, leased_until: null },
      ...{ ordered: 0, blocks_until_attempted: 0 },
      attempts: eb("attempts", "+", 1),
    }))
    .where("delivery_id", "in", deliveryIds)
    .where("ended_at", "is", null)
    .execute();
}

async function scheduleRetries(trx: Write, failed: readonly EndedAttempt[]): Promise<void> {
  if (failed.length === 0) return;
  const times = failed.map(
    ({ deliveryId, nextAttemptAt }) => sql`when ${deliveryId} then cast(${nextAttemptAt} as bigint)`,
  );
  await trx
    .updateTable("deliveries")
    .set((eb) => ({
      ...{ leased_until: null, ordered: 0, blocks_until_attempted: 0 },
      next_attempt_at: sql<number>`case delivery_id ${sql.join(times, sql` `)} end`,
      attempts: eb("attempts", "+", 1),
    }))
    .where("delivery_id", "in", idsOf(failed))
    .where("ended_at", "is", null)
    .execute();
}

function isLast(ended: EndedAttempt): boolean {
  return ended.nextAttemptAt === undefined;
}

function idsOf(attempts: readonly EndedAttempt[]): string[] {
  return attempts.map((ended) => ended.deliveryId);
}
