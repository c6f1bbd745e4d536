import type { EventsTable, Queries, Write } from "../../../infrastructure/database/index.ts";

/** An event that is not fanned out, or only to the instances up to its cursor. */
export type PendingEvent = Pick<
  EventsTable,
  "event_id" | "event_type" | "app_id" | "site_id" | "instance_id" | "fan_out_cursor"
>;

/**
 * Claims pending events for this transaction, oldest first. They are found by state, because an event may be committed
 * after another with a later id. No two processes claim the same event.
 *
 * The events of one site keep their order: when another process has claimed an earlier one, later ones are left out.
 */
export async function claimPendingEvents(trx: Write, limit: number): Promise<PendingEvent[]> {
  const claimed = await trx
    .selectFrom("events")
    .select(["event_id", "event_type", "app_id", "site_id", "instance_id", "fan_out_cursor"])
    .where("fanned_out_at", "is", null)
    .orderBy("event_id")
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  const last = claimed.at(-1);
  if (last === undefined) return [];
  const sites = [...new Set(claimed.map((event) => event.site_id))];
  const pending = await trx
    .selectFrom("events")
    .select(["event_id", "site_id"])
    .where("fanned_out_at", "is", null)
    .where("site_id", "in", sites)
    .where("event_id", "<=", last.event_id)
    .execute();
  const own = new Set(claimed.map((event) => event.event_id));
  const firstOfOthers = new Map<string, string>();
  for (const { event_id, site_id } of pending) {
    const first = firstOfOthers.get(site_id);
    if (!own.has(event_id) && (first === undefined || event_id < first)) firstOfOthers.set(site_id, event_id);
  }
  return claimed.filter((event) => event.event_id < (firstOfOthers.get(event.site_id) ?? "~"));
}

/** Whether any event is pending. */
export async function hasPendingEvents(db: Queries): Promise<boolean> {
  const pending = await db
    .selectFrom("events")
    .select("event_id")
    .where("fanned_out_at", "is", null)
    .orderBy("event_id")
    .limit(1)
    .executeTakeFirst();
  return pending !== undefined;
}

/** Marks events whose deliveries are all inserted. */
export async function markFannedOut(trx: Write, eventIds: readonly string[], now: number): Promise<void> {
  if (eventIds.length === 0) return;
  await trx
    .updateTable("events")
    .set({ fanned_out_at: now, fan_out_cursor: null })
    .where("event_id", "in", eventIds)
    .execute();
}

/** Stores that the instances up to `instanceId` have their deliveries of an event. */
export async function saveFanOutCursor(trx: Write, eventId: string, instanceId: string): Promise<void> {
  await trx
    .updateTable("events")
    .set({ fan_out_cursor: instanceId })
    .where("event_id", "=", eventId)
    .execute();
}
