import { randomUUID } from "node:crypto";
import type { KyselyPlugin } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createIds, type Write } from "../../../infrastructure/database/index.ts";
import { createMetrics, type Metrics } from "../../../infrastructure/observability/index.ts";
import { engines, type TestDatabase } from "../../../testing/test-database.ts";
import { createDeliveryDatabase, insertWebhookRow } from "../testing/delivery-rows.ts";
import { type FanOutDependencies, fanOut } from "./fan-out.ts";
import { PendingLimits } from "./pending-limits.ts";

describe.each(engines)("a limit of 10 pending deliveries of an app (FR-A8) on %s", (engine) => {
  let storage: TestDatabase;
  let dependencies: FanOutDependencies;
  let metrics: Metrics;
  beforeEach(async () => {
    storage = await createDeliveryDatabase(engine);
    const { clock, database } = storage;
    metrics = createMetrics();
    const pendingLimits = new PendingLimits({ clock, maxPendingPerApp: 10 });
    const ids = createIds({ clock, randomUuid: randomUUID });
    dependencies = { clock, database, ids, metrics, pendingLimits };
    await insertWebhookRow(database, { webhook_id: "down" });
    await insertWebhookRow(database, { webhook_id: "installs", event_type: "AppInstalled" });
    const row = { instance_id: "instance", app_id: "app", site_id: "site", last_sequence: 0 };
    await database.write((trx) =>
      trx
        .insertInto("instance_sequences")
        .values({ ...row, state: "installed" })
        .execute(),
    );
  });
  afterEach(() => storage.remove());

  const publish = async (count: number, event_type = "own"): Promise<void> => {
    const instance = event_type === "own" ? null : "instance";
    await storage.database.write((trx) =>
      trx
        .insertInto("events")
        .values(
          Array.from({ length: count }, () => ({
            ...{ event_id: dependencies.ids.ordered(), event_type, app_id: instance && "app" },
            ...{ site_id: "site", instance_id: instance, payload: "{}", identity: null, occurred_at: 1 },
            ...{ fan_out_cursor: null, fanned_out_at: null },
          })),
        )
        .execute(),
    );
    await fanOut(dependencies, "");
  };
  const statuses = async (webhookId: string): Promise<Record<string, number>> => {
    const rows = await storage.database.read
      .selectFrom("deliveries")
      .select("status")
      .where("webhook_id", "=", webhookId)
      .execute();
    const groups = Map.groupBy(rows, (row) => row.status);
    return Object.fromEntries(Array.from(groups, ([status, found]) => [status, found.length]));
  };

  test("leaves half to other webhooks; further deliveries are stored as failed", async () => {
    await publish(8);
    expect(await statuses("down")).toEqual({ pending: 5, failed: 3 });
    await insertWebhookRow(storage.database, { webhook_id: "other", url: "http://127.0.0.1:9/other" });
    await publish(1);
    expect(await statuses("other")).toEqual({ pending: 1 });
    const { values } = await metrics.quotaExceeded.get();
    expect(values).toContainEqual({ labels: { quota: "pending_deliveries" }, value: 4 });
  });

  test("counts again when deliveries have ended", async () => {
    await publish(8);
    await storage.database.write((trx) =>
      trx
        .updateTable("deliveries")
        .set({ status: "delivered", ended_at: 1, next_attempt_at: null })
        .execute(),
    );
    await storage.clock.advance(10_000);
    await publish(3);
    expect(await statuses("down")).toEqual({ delivered: 8, pending: 3 });
  });

  test("refuses no event of the platform", async () => {
    await publish(8);
    await publish(12, "AppInstalled");
    expect(await statuses("installs")).toEqual({ pending: 12 });
  });

  test("of many apps without pending deliveries are read by one query", async () => {
    let queries = 0;
    const counter: KyselyPlugin = {
      transformQuery({ node }) {
        queries += 1;
        return node;
      },
      transformResult: async ({ result }) => result,
    };
    const needed = Array.from({ length: 100 }, (_, index) => ({
      ...{ app_id: `app-${index}`, webhook_id: `webhook-${index}` },
    }));
    await storage.database.write((trx) =>
      dependencies.pendingLimits.prepare(trx.withPlugin(counter) as Write, needed),
    );
    expect(queries).toBe(1);
  });
});
