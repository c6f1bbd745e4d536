import { type RawBuilder, sql } from "kysely";
import type { EventsTable, Queries, Write } from "../../../infrastructure/database/index.ts";

/** An event that is not fanned out, or only to the instances up to its cursor. */
export type PendingEvent = Pick<
  EventsTable,
  "event_id" | "event_type" | "app_id" | "site_id" | "instance_id" | "fan_out_cursor"
>;

const maxSitesForOldest = 1_000;

/**
 * Up to `limit` sites with pending events: first those with ids after `after`, then from the lowest id. Each site costs
 * one index lookup.
 */
export async function readPendingSites(
  db: Queries,
  { after, limit }: { after: string; limit: number },
): Promise<string[]> {
  const sites = await sitesAfter(db, after, limit);
  if (after === "" || sites.length === limit) return sites;
  const first = await sitesAfter(db, "", limit - sites.length);
  return [...new Set([...sites, ...first])];
}

/** When the oldest pending event of the first 1,000 sites occurred, in epoch milliseconds; null without one. */
export async function readOldestPending(db: Queries): Promise<number | null> {
  const { rows } = await sql<{ oldest: number | null }>`${pendingSites("", maxSitesForOldest)}
    select min((
      select occurred_at from events
      where fanned_out_at is null and events.site_id = sites.site_id order by site_id, event_id limit 1)) as oldest
    from sites`.execute(db);
  return rows[0]?.oldest ?? null;
}

async function sitesAfter(db: Queries, after: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ site_id: string }>`${pendingSites(after, limit)}
    select site_id from sites where site_id is not null`.execute(db);
  return rows.map((row) => row.site_id);
}

/** The clause that defines `sites`: up to `limit` sites with pending events, by id after `after`. */
function pendingSites(after: string, limit: number): RawBuilder<unknown> {
  const next = (previous: RawBuilder<unknown>) => sql`(
    select site_id from events
    where fanned_out_at is null and site_id > ${previous} order by site_id, event_id limit 1)`;
  return sql`with recursive sites (site_id, position) as (
      select ${next(sql`${after}`)}, 1
      union all
      select ${next(sql`sites.site_id`)}, position + 1 from sites
      where site_id is not null and position < ${limit})`;
}

/**
 * Claims pending events of a site for this transaction, oldest first. They are found by state, because an event may be
 * committed after another with a later id. No two processes claim the same event.
 *
 * The events keep their order: when another process has claimed an earlier one, later ones are left out.
 */
export async function claimPendingEvents(trx: Write, siteId: string, limit: number): Promise<PendingEvent[]> {
  const oldest = trx
    .selectFrom("events")
    .where("site_id", "=", siteId)
    .where("fanned_out_at", "is", null)
    .orderBy("site_id")
    .orderBy("event_id")
    .limit(limit);
  const claimed = await oldest
    .select(["event_id", "event_type", "app_id", "site_id", "instance_id", "fan_out_cursor"])
    .forUpdate()
    .skipLocked()
    .execute();
  if (claimed.length === 0) return [];
  const pending = await oldest.select("event_id").execute();
  const claimedByOther = claimed.findIndex((event, index) => event.event_id !== pending[index]?.event_id);
  return claimedByOther < 0 ? claimed : claimed.slice(0, claimedByOther);
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
