import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { engines, type TestDatabase } from "../../../testing/test-database.ts";
import { createDeliveryDatabase, insertDeliveryRow, insertWebhookRow } from "../testing/delivery-rows.ts";
import { Recipients, SubscriberReader } from "./recipients.queries.ts";

const instance = { instance_id: "instance", app_id: "app" };
const other = { instance_id: "other-instance", app_id: "other-app" };

describe.each(engines)("recipients of an event on %s", (engine) => {
  let storage: TestDatabase;
  beforeEach(async () => {
    storage = await createDeliveryDatabase(engine);
    await insertWebhookRow(storage.database, { webhook_id: "webhook" });
  });
  afterEach(() => storage.remove());

  const recipientsOf = async (eventType: string) =>
    await storage.database.write(async (trx) => {
      const recipients = new Recipients([instance, other], new SubscriberReader(trx));
      const subscribers = await recipients.subscribersTo(eventType);
      return Array.from(subscribers, ([{ instance_id }, webhooks]) => [
        instance_id,
        webhooks.map((webhook) => webhook.webhook_id),
      ]);
    });
  const requirePermission = async (grant: readonly string[]): Promise<void> => {
    await storage.database.write(async (trx) => {
      const site = { site_id: "site", name: "Site", external_id: null, locale: "en", currency: "USD" };
      await trx
        .insertInto("sites")
        .values({ ...site, url: null, created_at: 1, updated_at: 1, deleted_at: null })
        .execute();
      await trx
        .insertInto("instances")
        .values({
          ...{ instance_id: "instance", app_id: "app", site_id: "site", state: "installed", gen: 1 },
          ...{ granted_scopes: JSON.stringify(grant), origin_instance_id: null },
          ...{ created_at: 1, updated_at: 1 },
        })
        .execute();
      const permission = { permission_id: "OWN.READ", description: "", created_at: 1 };
      await trx.insertInto("permissions").values(permission).execute();
      await trx.insertInto("scopes").values({ scope_id: "SCOPE.OWN", name: "Own", created_at: 1 }).execute();
      const inScope = { scope_id: "SCOPE.OWN", permission_id: "OWN.READ" };
      await trx.insertInto("scope_permissions").values(inScope).execute();
      await trx.updateTable("event_types").set({ permission_id: "OWN.READ" }).execute();
    });
  };

  test("are the instances whose app subscribes to its type, with every webhook", async () => {
    await insertWebhookRow(storage.database, { webhook_id: "webhook-2", url: "http://127.0.0.1:9/2" });
    expect(await recipientsOf("own")).toEqual([["instance", ["webhook", "webhook-2"]]]);
    expect(await recipientsOf("AppInstalled")).toEqual([]);
  });

  test("include paused webhooks, whose deliveries are kept", async () => {
    await storage.database.write((trx) => trx.updateTable("webhooks").set({ paused_at: 1 }).execute());
    expect(await recipientsOf("own")).toEqual([["instance", ["webhook"]]]);
  });

  test("do not include deleted webhooks", async () => {
    await storage.database.write((trx) => trx.updateTable("webhooks").set({ deleted_at: 1 }).execute());
    expect(await recipientsOf("own")).toEqual([]);
  });

  test("of a type with a permission need a grant with a scope that includes it", async () => {
    await requirePermission(["SCOPE.OTHER", "SCOPE.OWN"]);
    expect(await recipientsOf("own")).toEqual([["instance", ["webhook"]]]);
  });

  test("of a type with a permission are none without that grant", async () => {
    await requirePermission(["SCOPE.OTHER"]);
    expect(await recipientsOf("own")).toEqual([]);
  });

  test("are blocked while an AppInstalled of the instance is not attempted", async () => {
    await insertDeliveryRow(storage.database, { delivery_id: "installed", blocks_until_attempted: 1 });
    const blocked = await storage.database.write((trx) =>
      new Recipients([instance, other], new SubscriberReader(trx)).blockedInstances(),
    );
    expect(blocked).toEqual(new Set(["instance"]));
  });
});
