import type { Queries, WebhooksTable, Write } from "../../../infrastructure/database/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import { readApp } from "../../apps/index.ts";
import { bundlesPermission } from "../../permissions/index.ts";
import { readEventType } from "../publishing/index.ts";
import type { Confirmation } from "./confirmation.queries.ts";

/** Throws `WEBHOOK_NOT_FOUND`. */
export async function readWebhook(db: Queries, named: WebhookIds): Promise<WebhooksTable> {
  return found(await select(db, named).executeTakeFirst());
}

/** Reads a webhook and locks it until the transaction ends. Throws `WEBHOOK_NOT_FOUND`. */
export async function lockWebhook(trx: Write, named: WebhookIds): Promise<WebhooksTable> {
  return found(await select(trx, named).forUpdate().executeTakeFirst());
}

/** Identifies a webhook within its app. */
export interface WebhookIds {
  readonly appId: string;
  readonly webhookId: string;
}

/** Webhooks of an app, by id after `after`. */
export async function listWebhooks(
  db: Queries,
  query: { appId: string; after: string; limit: number },
): Promise<WebhooksTable[]> {
  return await db
    .selectFrom("webhooks")
    .selectAll()
    .where("app_id", "=", query.appId)
    .where("deleted_at", "is", null)
    .where("webhook_id", ">", query.after)
    .orderBy("webhook_id")
    .limit(query.limit)
    .execute();
}

const maxPerApp = 100;

/**
 * Throws `TOO_MANY_WEBHOOKS`, and `WEBHOOK_EXISTS` for the same event type and address. The caller has locked the app.
 *
 * @param wanted `except`: id of the webhook that is changed
 */
export async function requireQuota(
  trx: Write,
  wanted: { appId: string; eventType: string; url: string; except?: string },
): Promise<void> {
  const rows = await listWebhooks(trx, { appId: wanted.appId, after: "", limit: maxPerApp });
  const others = rows.filter((row) => row.webhook_id !== wanted.except);
  if (others.length === maxPerApp) throw new ApiError("TOO_MANY_WEBHOOKS");
  if (others.some((row) => row.event_type === wanted.eventType && row.url === wanted.url)) {
    throw new ApiError("WEBHOOK_EXISTS");
  }
}

export async function insertWebhook(
  trx: Write,
  row: Pick<WebhooksTable, "webhook_id" | "app_id" | "event_type" | "url" | "format" | "sealed_secret"> &
    Confirmation,
  now: number,
): Promise<WebhooksTable> {
  const isUnconfirmed = row.confirmation === "unconfirmed";
  const webhook: WebhooksTable = {
    ...row,
    sealed_previous_secret: null,
    previous_secret_expires_at: null,
    failures: 0,
    failing_since: null,
    last_warning_percent: 0,
    paused_at: isUnconfirmed ? now : null,
    pause_reason: isUnconfirmed ? "unconfirmed" : null,
    created_at: now,
    updated_at: now,
    deleted_at: null,
  };
  await trx.insertInto("webhooks").values(webhook).execute();
  return webhook;
}

export async function updateWebhook(
  trx: Write,
  webhookId: string,
  change: Partial<WebhooksTable> & { updated_at: number },
): Promise<WebhooksTable> {
  return await trx
    .updateTable("webhooks")
    .set(change)
    .where("webhook_id", "=", webhookId)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The permission that the event type requires, if no scope of the app includes it, so that no event would be sent. */
export async function missingPermission(
  db: Queries,
  { appId, eventType }: { appId: string; eventType: string },
): Promise<string | null> {
  const { permissionId } = await readEventType(db, eventType);
  if (permissionId === null) return null;
  const { scopes } = await readApp(db, appId);
  const scopeIds = scopes.map(({ scopeId }) => scopeId);
  return (await bundlesPermission(db, scopeIds, permissionId)) ? null : permissionId;
}

function select(db: Queries, { appId, webhookId }: WebhookIds) {
  return db
    .selectFrom("webhooks")
    .selectAll()
    .where("webhook_id", "=", webhookId)
    .where("app_id", "=", appId)
    .where("deleted_at", "is", null);
}

function found(row: WebhooksTable | undefined): WebhooksTable {
  if (row === undefined) throw new ApiError("WEBHOOK_NOT_FOUND");
  return row;
}
