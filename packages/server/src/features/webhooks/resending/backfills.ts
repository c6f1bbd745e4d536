import { z } from "zod";
import { isoTime } from "../../../infrastructure/clock/index.ts";
import {
  afterCommit,
  type BackfillsTable,
  type Database,
  type Ids,
  type Queries,
  type Write,
} from "../../../infrastructure/database/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import { change, list, type ManagementRoute } from "../../../infrastructure/management/index.ts";
import { time } from "../../../infrastructure/routes/index.ts";
import { readApp } from "../../apps/index.ts";
import type { AuditLog } from "../../audit/index.ts";
import type { EventLog, EventType } from "../../events/index.ts";

const tag = "Webhooks";
const instancesPerStep = 200;

const backfillAnswer = z
  .object({
    backfillId: z.guid(),
    appId: z.guid(),
    told: z.int().meta({ description: "Instances that have their event" }),
    total: z.int().meta({ description: "Instances there were when it began" }),
    startedAt: time,
    endedAt: time.nullable(),
  })
  .meta({ id: "Backfill", description: "AppInstalled once more for every instance of an app" });

/** Management of backfills. */
export function backfillRoutes(sources: {
  audit: AuditLog;
  ids: Ids;
  wake: () => void;
}): readonly ManagementRoute[] {
  const { audit, ids: newIds, wake } = sources;
  return [
    list({
      path: "/apps/{appId}/backfills",
      tag,
      operationId: "listBackfills",
      summary: "List the backfills of an app, and how far they are",
      scope: "webhooks:read",
      errors: ["APP_NOT_FOUND"],
      item: backfillAnswer,
      async find({ db, ids, page }) {
        await readApp(db, ids.appId);
        return await db
          .selectFrom("backfills")
          .selectAll()
          .where("app_id", "=", ids.appId)
          .where("backfill_id", ">", page.after)
          .orderBy("backfill_id")
          .limit(page.limit)
          .execute();
      },
      position: (backfill) => backfill.backfill_id,
      show: showBackfill,
    }),
    change({
      method: "POST",
      path: "/apps/{appId}/backfill",
      tag,
      operationId: "startBackfill",
      summary: "Tell an app of every site where it is installed: AppInstalled once more for each instance",
      scope: "webhooks:write",
      errors: ["APP_NOT_FOUND", "BACKFILL_RUNNING"],
      answer: backfillAnswer,
      async handle({ trx, actor, ids: { appId }, now }) {
        await readApp(trx, appId);
        const backfill = await insertBackfill(trx, { appId, backfillId: newIds.ordered(), now });
        const details = { backfillId: backfill.backfill_id, instances: backfill.total };
        await audit.append(trx, actor, { action: "backfill.started", appId, details });
        afterCommit(trx, wake);
        return showBackfill(backfill);
      },
    }),
  ];
}

async function insertBackfill(
  trx: Write,
  { appId, backfillId, now }: { appId: string; backfillId: string; now: number },
): Promise<BackfillsTable> {
  const { total } = await trx
    .selectFrom("instances")
    .select((eb) => eb.fn.countAll<number>().as("total"))
    .where("app_id", "=", appId)
    .where("state", "=", "installed")
    .executeTakeFirstOrThrow();
  const progress = { position: "", told: 0, total, ended_at: null };
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
 * Tells the next instances of a backfill, some of them, in one transaction with how far it got.
 *
 * @returns whether there may be more
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
    // Held, so that a removal comes behind it, in time and in the order of events.
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
        told: backfill.told + instances.length,
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

function showBackfill(backfill: BackfillsTable): z.input<typeof backfillAnswer> {
  return {
    backfillId: backfill.backfill_id,
    appId: backfill.app_id,
    told: backfill.told,
    total: backfill.total,
    startedAt: isoTime(backfill.created_at),
    endedAt: backfill.ended_at === null ? null : isoTime(backfill.ended_at),
  };
}
