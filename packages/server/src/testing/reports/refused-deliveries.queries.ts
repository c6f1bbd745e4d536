import type { Queries } from "../../infrastructure/database/index.ts";

/** A delivery whose last attempt was not accepted. */
export interface RefusedDelivery {
  readonly delivery_id: string;
  readonly attempt: number;
  readonly event_type: string;
  readonly url: string;
  /** The kind of failure, such as `timeout`, when no response came. */
  readonly outcome: string;
  /** The status of the response; null when none came. */
  readonly status: number | null;
  /** The beginning of the body of the response. */
  readonly response: string | null;
  readonly detail: string | null;
}

const maxDeliveries = 1_000;

/** Reads the newest deliveries that were not accepted, newest first. */
export async function readRefusedDeliveries(db: Queries): Promise<RefusedDelivery[]> {
  return await db
    .selectFrom("deliveries as d")
    .innerJoin("delivery_attempts as a", (join) =>
      join.onRef("a.delivery_id", "=", "d.delivery_id").onRef("a.attempt", "=", "d.attempts"),
    )
    .innerJoin("webhooks as w", "w.webhook_id", "d.webhook_id")
    .select(["d.delivery_id", "d.event_type", "w.url"])
    .select(["a.attempt", "a.outcome", "a.status", "a.response", "a.detail"])
    .where("a.outcome", "!=", "delivered")
    .orderBy("d.delivery_id", "desc")
    .limit(maxDeliveries)
    .execute();
}
