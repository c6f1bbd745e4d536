import type { BackfillsTable, Database, Queries, Write } from "../../../infrastructure/database/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import type { EventLog, EventType } from "../../events/index.ts";

const instancesPerStep = 200;

/** Backfills of an app, by id. */
export async function listBackfills(
  db: Queries,
  query: { appId: string; after: string; limit: number },
): Promise<BackfillsTable[]> {
  return await db
    .selectFrom("backfills")
    .selectAll()
    .where("app_id", "=", query.appId)
    .where("backfill_id", ">", query.after)
    .orderBy("backfill_id")
    .limit(query.limit)
    .execute();
}

/** Throws `BACKFILL_RUNNING` when a backfill of the app has not ended. */
export async function insertBackfill(
  trx: Write,
  { appId, backfillId, now }: { appId: string; backfillId: string; now: number },
): Promise<BackfillsTable> {
  const { total } = await trx
    .selectFrom("instances")
    .select((eb) => eb.fn.countAll<number>().as("total"))
    .where("app_id", "=", appId)
    .where("state", "=", "installed")
    .executeTakeFirstOrThrow();
  const progress = { position: "", processed: 0, total, ended_at: null };
  const row = { backfill_id: backfillId, app_id: appId, ...progress, created_at: now };
  const result = await trx
    .insertInto("backfills")
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (result.numInsertedOrUpdatedRows === 0n) throw new ApiError("BACKFILL_RUNNING");
  return row;
}

/**
 * Appends `AppInstalled` for the next 200 instances of a backfill, in one transaction with its progress.
 *
 * @returns whether more may be left
 */
export async function backfillStep({
  clock,
  database,
  events,
}: {
  clock: { now(): number };
  database: Database;
  events: EventLog;
}): Promise<boolean> {
  if (!(await hasBackfill(database.read))) return false;
  return await database.writeRelaxed(async (trx) => {
    const backfill = await trx
      .selectFrom("backfills")
      .selectAll()
      .where("ended_at", "is", null)
      .orderBy("backfill_id")
      .limit(1)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst();
    if (backfill === undefined) return false;
    // The shared lock delays a removal until the event is appended, so that `AppRemoved` comes after it.
    const instances = await trx
      .selectFrom("instances")
      .select(["instance_id", "site_id", "origin_instance_id"])
      .where("app_id", "=", backfill.app_id)
      .where("state", "=", "installed")
      .where("instance_id", ">", backfill.position)
      .orderBy("instance_id")
      .limit(instancesPerStep)
      .forShare()
      .execute();
    await events.append(
      trx,
      instances.map((instance) => ({
        eventType: "AppInstalled" satisfies EventType,
        appId: backfill.app_id,
        siteId: instance.site_id,
        instanceId: instance.instance_id,
        payload: { appId: backfill.app_id, originInstanceId: instance.origin_instance_id },
      })),
    );
    await trx
      .updateTable("backfills")
      .set({
        position: instances.at(-1)?.instance_id ?? backfill.position,
        processed: backfill.processed + instances.length,
        ended_at: instances.length < instancesPerStep ? clock.now() : null,
      })
      .where("backfill_id", "=", backfill.backfill_id)
      .execute();
    return true;
  });
}

async function hasBackfill(db: Queries): Promise<boolean> {
  const found = await db
    .selectFrom("backfills")
    .select("backfill_id")
    .where("ended_at", "is", null)
    .limit(1)
    .execute();
  return found.length > 0;
}
