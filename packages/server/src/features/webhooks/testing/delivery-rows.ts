import type {
  Database,
  DeliveriesTable,
  EventsTable,
  WebhooksTable,
  Write,
} from "../../../infrastructure/database/index.ts";
import { createTestDatabase, type engines, type TestDatabase } from "../../../testing/test-database.ts";
import { type DeliveryWithEvent, newDelivery } from "../deliveries/index.ts";
import { claimDue, leaseDeliveries } from "../dispatch/claim.queries.ts";

/** A database with the app `app` and the event types `own` and `AppInstalled`, without a platform. */
export async function createDeliveryDatabase(engine: (typeof engines)[number]): Promise<TestDatabase> {
  const storage = await createTestDatabase(engine);
  await storage.database.write(async (trx) => {
    await trx
      .insertInto("apps")
      .values({
        ...{ app_id: "app", name: "App", gen: 1, scopes: "[]", enabled: 1 },
        ...{ token_format: "jwt", token_lifetime: 14_400, created_at: 1, updated_at: 1, deleted_at: null },
      })
      .execute();
    for (const event_type of ["own", "AppInstalled"]) {
      const row = { event_type, description: "", permission_id: null, created_at: 1 };
      await trx.insertInto("event_types").values(row).execute();
    }
  });
  return storage;
}

/** Inserts a webhook of the app `app` for the event type `own`. */
export async function insertWebhookRow(
  database: Database,
  row: Partial<WebhooksTable> & { webhook_id: string },
): Promise<void> {
  const values: WebhooksTable = {
    ...{ app_id: "app", event_type: "own", url: "http://127.0.0.1:9/", format: "jwt", sealed_secret: "" },
    ...{ sealed_previous_secret: null, previous_secret_expires_at: null },
    ...{ failures: 0, failing_since: null, last_warning_percent: 0, paused_at: null, pause_reason: null },
    ...{ created_at: 1, updated_at: 1, deleted_at: null },
    ...{ confirmation: "not_required", confirmation_attempts: 0, confirmation_attempted_at: null },
    ...{ confirmation_reason: null, confirmation_due_at: null, ...row },
  };
  await database.write((trx) => trx.insertInto("webhooks").values(values).execute());
}

type DeliveryRow = Partial<DeliveriesTable> & { delivery_id: string };

/** Inserts a delivery of the webhook `webhook` to the instance `instance`, with an event of the same id. */
export async function insertDeliveryRow(database: Database, row: DeliveryRow): Promise<void> {
  await insertDeliveryRows(database, [row]);
}

const rowsPerInsert = 500;

/** Inserts deliveries as {@link insertDeliveryRow} does. */
export async function insertDeliveryRows(database: Database, rows: readonly DeliveryRow[]): Promise<void> {
  await database.write(async (trx) => {
    for (let start = 0; start < rows.length; start += rowsPerInsert) {
      const deliveries = rows.slice(start, start + rowsPerInsert).map((row) => {
        const ids = {
          event_id: row.delivery_id,
          webhook_id: "webhook",
          app_id: "app",
          instance_id: "instance",
        };
        return newDelivery({ ...ids, event_type: "own", sequence: 1, ...row }, 1);
      });
      const events = deliveries.map(
        ({ event_id, event_type, instance_id }): EventsTable => ({
          ...{ event_id, event_type, app_id: "app", site_id: "site", instance_id, payload: "{}" },
          ...{ identity: null, occurred_at: 1, fan_out_cursor: null, fanned_out_at: 1, traceparent: null },
        }),
      );
      await trx.insertInto("events").values(events).execute();
      await trx.insertInto("deliveries").values(deliveries).execute();
    }
  });
}

/** Claims due deliveries of a webhook and leases them for 5 seconds, as the dispatcher does. */
export async function claimAndLease(
  trx: Write,
  claim: Parameters<typeof claimDue>[1],
): Promise<{ deliveries: DeliveryWithEvent[]; lastInstance: string }> {
  const claimed = await claimDue(trx, claim);
  const ids = claimed.deliveries.map((delivery) => delivery.delivery_id);
  await leaseDeliveries(trx, ids, claim.now + 5_000);
  return claimed;
}
