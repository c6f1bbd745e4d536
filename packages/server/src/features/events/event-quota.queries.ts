import { days } from "../../infrastructure/clock/index.ts";
import type { Page, Queries, Write } from "../../infrastructure/database/index.ts";

/** How long an event counts for the quota of its app: as long as it is kept after its fan-out. */
const countedDays = 30;
/** The number of rows of an app for one day. Concurrent changes rarely update the same row. */
const parts = 8;

/** Bytes of the events that changes of an app appended in the last 30 days. */
export async function readEventBytes(db: Queries, appId: string, now: number): Promise<number> {
  const { bytes } = await db
    .selectFrom("event_usage")
    .select((eb) => eb.fn.sum<number | string | null>("bytes").as("bytes"))
    .where("app_id", "=", appId)
    .where("day", ">", dayOf(now) - countedDays)
    .executeTakeFirstOrThrow();
  return Number(bytes ?? 0);
}

/** Counts bytes of events for an app. */
export async function addEventBytes(
  trx: Write,
  { appId, bytes, eventId, now }: { appId: string; bytes: number; eventId: string; now: number },
): Promise<void> {
  // The end of a UUIDv7 is random.
  const part = Number.parseInt(eventId.slice(-1), 16) % parts;
  await trx
    .insertInto("event_usage")
    .values({ app_id: appId, day: dayOf(now), part, bytes })
    .onConflict((conflict) =>
      conflict
        .columns(["app_id", "day", "part"])
        .doUpdateSet((eb) => ({ bytes: eb("event_usage.bytes", "+", eb.ref("excluded.bytes")) })),
    )
    .execute();
}

/** Deletes the counts of up to `limit` apps for the oldest day that no longer counts. */
export async function pruneEventUsage(
  trx: Write,
  { limit, now }: Page & { now: number },
): Promise<string | undefined> {
  const oldest = await trx
    .selectFrom("event_usage")
    .select(["day", "app_id"])
    .where("day", "<=", dayOf(now) - countedDays)
    .orderBy("day")
    .orderBy("app_id")
    .limit(limit)
    .execute();
  for (const [day, rows] of Map.groupBy(oldest, (row) => row.day)) {
    const apps = [...new Set(rows.map((row) => row.app_id))];
    await trx.deleteFrom("event_usage").where("day", "=", day).where("app_id", "in", apps).execute();
  }
  return oldest.length < limit ? undefined : "";
}

function dayOf(time: number): number {
  return Math.floor(time / days(1));
}
