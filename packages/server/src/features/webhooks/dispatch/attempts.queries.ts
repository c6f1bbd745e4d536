import type { Write } from "../../../infrastructure/database/index.ts";
import { unblockDeliveries } from "../deliveries/index.ts";
import type { AttemptResult } from "./attempt-outcome.ts";

/** An attempt that has ended. */
export interface EndedAttempt {
  readonly deliveryId: string;
  readonly webhookId: string;
  /** Its number, from 1. */
  readonly attempt: number;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly result: AttemptResult;
  /** When it is tried again, in epoch milliseconds; undefined when it is delivered or given up. */
  readonly nextAttemptAt: number | undefined;
  readonly blocksUntilAttempted: boolean;
}

/** Records attempts with what they mean for their deliveries; of one that another process has recorded, only the log. */
export async function recordAttempts(
  trx: Write,
  attempts: readonly EndedAttempt[],
  now: number,
): Promise<void> {
  await trx
    .insertInto("delivery_attempts")
    .values(
      attempts.map(({ attempt, deliveryId, startedAt, result }) => ({
        ...{ delivery_id: deliveryId, attempt, started_at: startedAt },
        ...{ duration_ms: Math.round(result.durationMs), outcome: result.outcome },
        ...{ status: result.status, response: result.response, detail: result.detail },
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const delivered = attempts.filter((ended) => ended.result.outcome === "delivered");
  if (delivered.length > 0) {
    await end(
      trx,
      delivered.map((ended) => ended.deliveryId),
      { status: "delivered", now },
    );
  }
  for (const ended of attempts) {
    if (ended.result.outcome === "delivered") continue;
    if (ended.nextAttemptAt === undefined) await end(trx, [ended.deliveryId], { status: "failed", now });
    else await tryAgain(trx, ended.deliveryId, ended.nextAttemptAt);
  }
  if (attempts.some((ended) => ended.blocksUntilAttempted)) await unblockDeliveries(trx, now);
}

// What has not ended is found by `ended_at`: by its status, PostgreSQL may read the index of all that is pending.
async function end(
  trx: Write,
  deliveryIds: readonly string[],
  { now, status }: { now: number; status: "delivered" | "failed" },
): Promise<void> {
  await trx
    .updateTable("deliveries")
    .set((eb) => ({
      ...{
        status,
        ended_at: now,
        next_attempt_at: null,
        leased_until: null,
        in_order: 0,
        blocks_until_attempted: 0,
      },
      attempts: eb("attempts", "+", 1),
    }))
    .where("delivery_id", "in", deliveryIds)
    .where("ended_at", "is", null)
    .execute();
}

async function tryAgain(trx: Write, deliveryId: string, next_attempt_at: number): Promise<void> {
  await trx
    .updateTable("deliveries")
    .set((eb) => ({
      ...{ next_attempt_at, leased_until: null, in_order: 0, blocks_until_attempted: 0 },
      attempts: eb("attempts", "+", 1),
    }))
    .where("delivery_id", "=", deliveryId)
    .where("ended_at", "is", null)
    .execute();
}
