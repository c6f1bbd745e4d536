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
      attempts.map(({ attempt, deliveryId, result, startedAt }) => ({
        ...{ delivery_id: deliveryId, attempt, started_at: startedAt },
        ...{ duration_ms: Math.round(result.durationMs), outcome: result.outcome },
        ...{ status: result.status, response: result.response, detail: result.detail },
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const delivered = attempts.filter((ended) => ended.result.outcome === "delivered");
  if (delivered.length > 0) {
    await complete(
      trx,
      delivered.map((ended) => ended.deliveryId),
      { status: "delivered", now },
    );
  }
  for (const ended of attempts) {
    if (ended.result.outcome === "delivered") continue;
    if (ended.nextAttemptAt === undefined) await complete(trx, [ended.deliveryId], { status: "failed", now });
    else await scheduleRetry(trx, ended.deliveryId, ended.nextAttemptAt);
  }
  if (attempts.some((ended) => ended.blocksUntilAttempted)) await unblockDeliveries(trx, now);
}

// The condition is on `ended_at`: for one on `status`, PostgreSQL may read the partial index of all pending deliveries.
async function complete(
  trx: Write,
  deliveryIds: readonly string[],
  { now, status }: { now: number; status: "delivered" | "failed" },
): Promise<void> {
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

async function scheduleRetry(trx: Write, deliveryId: string, next_attempt_at: number): Promise<void> {
  await trx
    .updateTable("deliveries")
    .set((eb) => ({
      ...{ next_attempt_at, leased_until: null, ordered: 0, blocks_until_attempted: 0 },
      attempts: eb("attempts", "+", 1),
    }))
    .where("delivery_id", "=", deliveryId)
    .where("ended_at", "is", null)
    .execute();
}
