import type { Queries, WebhooksTable } from "../../../infrastructure/database/index.ts";
import { countPending } from "../deliveries/index.ts";

/** A webhook that is paused, or whose latest attempts failed, with its pending deliveries. */
export interface UnhealthyWebhook extends WebhooksTable {
  readonly pending: number;
}

/**
 * Webhooks of all apps that are paused or fail, those in this state for the longest time first.
 *
 * @param limits `webhooks`: of each state; `pending`: rows that are counted, together
 */
export async function listUnhealthyWebhooks(
  db: Queries,
  limits: { readonly webhooks: number; readonly pending: number },
): Promise<UnhealthyWebhook[]> {
  const rows = [
    ...(await since(db, "paused_at", limits.webhooks)),
    ...(await since(db, "failing_since", limits.webhooks)),
  ];
  const unique = [...new Map(rows.map((row) => [row.webhook_id, row])).values()];
  const unhealthy: UnhealthyWebhook[] = [];
  let left = limits.pending;
  for (const row of unique) {
    const pending = left === 0 ? 0 : await countPending(db, { webhookId: row.webhook_id, max: left });
    unhealthy.push({ ...row, pending });
    left -= pending;
  }
  return unhealthy;
}

async function since(
  db: Queries,
  column: "paused_at" | "failing_since",
  limit: number,
): Promise<WebhooksTable[]> {
  return await db
    .selectFrom("webhooks")
    .selectAll()
    .where(column, "is not", null)
    .where("deleted_at", "is", null)
    .orderBy(column)
    .limit(limit)
    .execute();
}
