import type { EventsTable, Queries, Write } from "../../../infrastructure/database/index.ts";

/** An event that is not fanned out to its end. */
export type PendingEvent = Pick<
  EventsTable,
  "event_id" | "event_type" | "app_id" | "site_id" | "instance_id" | "fan_position"
>;

/**
 * Claims events for this transaction, oldest first: whatever was committed is found, also behind what has an earlier
 * id, and no two processes get the same one. Those of one site come in their order: where an earlier one is in the
 * hands of another process, the later ones are left for the next turn.
 */
export async function claimPendingEvents(trx: Write, limit: number): Promise<PendingEvent[]> {
  const claimed = await trx
    .selectFrom("events")
    .select(["event_id", "event_type", "app_id", "site_id", "instance_id", "fan_position"])
    .where("fanned_at", "is", null)
    .orderBy("event_id")
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  const last = claimed.at(-1);
  if (last === undefined) return [];
  const sites = [...new Set(claimed.map((event) => event.site_id))];
  const waiting = await trx
    .selectFrom("events")
    .select(["event_id", "site_id"])
    .where("fanned_at", "is", null)
    .where("site_id", "in", sites)
    .where("event_id", "<=", last.event_id)
    .execute();
  const firstOfOthers = new Map<string, string>();
  const own = new Set(claimed.map((event) => event.event_id));
  for (const { event_id, site_id } of waiting) {
    const first = firstOfOthers.get(site_id);
    if (!own.has(event_id) && (first === undefined || event_id < first)) firstOfOthers.set(site_id, event_id);
  }
  return claimed.filter((event) => event.event_id < (firstOfOthers.get(event.site_id) ?? "~"));
}

export async function hasPendingEvents(db: Queries): Promise<boolean> {
  const found = await db
    .selectFrom("events")
    .select("event_id")
    .where("fanned_at", "is", null)
    .orderBy("event_id")
    .limit(1)
    .execute();
  return found.length > 0;
}

/** Notes that every one has its deliveries. */
export async function markFannedOut(trx: Write, eventIds: readonly string[], now: number): Promise<void> {
  if (eventIds.length === 0) return;
  await trx
    .updateTable("events")
    .set({ fanned_at: now, fan_position: null })
    .where("event_id", "in", eventIds)
    .execute();
}

/** Notes that the instances up to `position` have their deliveries of the event. */
export async function markFannedUntil(trx: Write, eventId: string, position: string): Promise<void> {
  await trx.updateTable("events").set({ fan_position: position }).where("event_id", "=", eventId).execute();
}
