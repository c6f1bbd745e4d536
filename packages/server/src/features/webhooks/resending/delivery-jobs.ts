import { z } from "zod";
import { afterCommit, type DeliveriesTable, type Write } from "../../../infrastructure/database/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import { countRows, findOldest } from "../../../infrastructure/management/index.ts";
import { guid } from "../../../infrastructure/routes/index.ts";
import { type JobAction, jobAction, maxCounted } from "../../jobs/index.ts";
import {
  cancelByIds,
  deliveryFilters,
  requeue,
  selectDeliveries,
  selectForReplay,
  selectUnended,
  unblockDeliveries,
} from "../deliveries/index.ts";
import { replayFields } from "./replay-fields.ts";
import { lockActiveWebhook } from "./resending.routes.ts";

type Statuses = readonly DeliveriesTable["status"][];
/** Blocked deliveries wait for the `AppInstalled` of their instance, also when they are resent. */
const resent: Statuses = ["pending", "delivered", "failed", "canceled"];

const ofDeliveries = {
  accounts: ["app-developer"],
  servesBoundKeys: true,
  portal: ["webhooks"],
  rowsPerStep: 200,
  position: (row: DeliveriesTable) => row.delivery_id,
} as const;

/** Job actions on deliveries. */
export function deliveryJobActions({ wake }: { wake: () => void }): Readonly<Record<string, JobAction>> {
  return {
    resend: jobAction({
      ...ofDeliveries,
      scope: "deliveries:write",
      filter: deliveryFilters,
      count: (db, { before, filter }) =>
        countRows(db, selectDeliveries(db, filter), { before, max: maxCounted }),
      find: (trx, { before, filter }, page) =>
        findOldest(trx, selectDeliveries(trx, filter), { ...page, before }),
      async apply(trx, rows, { filter, now }) {
        const statuses = filter.status === undefined ? resent : [filter.status];
        const result = await requeueActive(trx, rows, { ordered: false, now, statuses });
        afterCommit(trx, wake);
        return result;
      },
    }),
    cancel: jobAction({
      ...ofDeliveries,
      scope: "deliveries:write",
      filter: deliveryFilters,
      count: (db, { before, filter }) =>
        countRows(db, selectUnended(db, filter), { before, max: maxCounted }),
      find: (trx, { before, filter }, page) =>
        findOldest(trx, selectUnended(trx, filter), { ...page, before }),
      async apply(trx, rows, { now }) {
        const done = await cancelByIds(trx, rows.map(ofDeliveries.position), now);
        if (rows.some((row) => row.blocks_until_attempted === 1)) await unblockDeliveries(trx, now);
        afterCommit(trx, wake);
        return { done };
      },
    }),
    replay: jobAction({
      ...ofDeliveries,
      scope: "webhooks:write",
      filter: z.strictObject({ appId: guid.optional(), webhookId: guid, ...replayFields }),
      count: (db, { before, filter }) =>
        countRows(db, selectForReplay(db, filter), { before, max: maxCounted }),
      find: (trx, { before, filter }, page) =>
        findOldest(trx, selectForReplay(trx, filter), { ...page, before }),
      async apply(trx, rows, { filter, now }) {
        const result = await requeueActive(trx, rows, { ordered: true, now, statuses: filter.statuses });
        afterCommit(trx, wake);
        return result;
      },
    }),
  };
}

/** Requeues deliveries. Those of a webhook to which nothing is sent stay as they are, and have failed. */
async function requeueActive(
  trx: Write,
  rows: readonly DeliveriesTable[],
  options: { ordered: boolean; now: number; statuses: Statuses },
): Promise<{ done: number; error?: string | undefined }> {
  const byWebhook = [...Map.groupBy(rows, (row) => row.webhook_id)].sort(([a], [b]) => (a < b ? -1 : 1));
  let done = 0;
  let error: string | undefined;
  for (const [webhookId, deliveries] of byWebhook) {
    const appId = deliveries[0]?.app_id ?? "";
    try {
      await lockActiveWebhook(trx, { appId, webhookId });
      done += await requeue(trx, deliveries.map(ofDeliveries.position), options);
    } catch (failure) {
      if (!(failure instanceof ApiError) || failure.status >= 500) throw failure;
      error = failure.code;
    }
  }
  return { done, error };
}
