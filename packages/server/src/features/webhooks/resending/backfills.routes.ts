import { z } from "zod";
import { isoTime } from "../../../infrastructure/clock/index.ts";
import { afterCommit, type BackfillsTable, type Ids } from "../../../infrastructure/database/index.ts";
import { change, list, type ManagementRoute } from "../../../infrastructure/management/index.ts";
import { time } from "../../../infrastructure/routes/index.ts";
import { readApp } from "../../apps/index.ts";
import type { AuditLog } from "../../audit/index.ts";
import { insertBackfill, listBackfills } from "./backfills.queries.ts";

const tag = "Webhooks";

const backfillResponse = z
  .object({
    backfillId: z.guid(),
    appId: z.guid(),
    processed: z.int().meta({ description: "Instances that have received their event" }),
    total: z.int().meta({ description: "Instances when the backfill began" }),
    startedAt: time,
    endedAt: time.nullable(),
  })
  .meta({ id: "Backfill", description: "A second AppInstalled for every instance of an app" });

/** Routes that list and start backfills. */
export function backfillRoutes(dependencies: {
  audit: AuditLog;
  ids: Ids;
  wake: () => void;
}): readonly ManagementRoute[] {
  const { audit, ids: newIds, wake } = dependencies;
  return [
    list({
      path: "/apps/{appId}/backfills",
      tag,
      operationId: "listBackfills",
      summary: "List the backfills of an app and their progress",
      scope: "webhooks:read",
      accounts: ["app-developer"],
      portal: ["webhooks"],
      errors: ["APP_NOT_FOUND"],
      item: backfillResponse,
      async find({ db, ids, page }) {
        await readApp(db, ids.appId);
        return await listBackfills(db, { ...page, appId: ids.appId });
      },
      position: (backfill) => backfill.backfill_id,
      show: showBackfill,
    }),
    change({
      method: "POST",
      path: "/apps/{appId}/backfill",
      tag,
      operationId: "startBackfill",
      summary: "Send AppInstalled again for every installed instance of an app",
      scope: "webhooks:write",
      accounts: ["app-developer"],
      portal: ["webhooks"],
      errors: ["APP_NOT_FOUND", "BACKFILL_RUNNING"],
      response: backfillResponse,
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

function showBackfill(backfill: BackfillsTable): z.input<typeof backfillResponse> {
  return {
    backfillId: backfill.backfill_id,
    appId: backfill.app_id,
    processed: backfill.processed,
    total: backfill.total,
    startedAt: isoTime(backfill.created_at),
    endedAt: backfill.ended_at === null ? null : isoTime(backfill.ended_at),
  };
}
