import { startDeliveryFixture } from "@latchkey/test-support/test-deliveries";
import { describe, expect, test } from "vitest";
import { engines } from "../../../testing/test-database.ts";

describe.each(engines)("the usage of an app (FR-A8) on %s", (database) => {
  test("has bytes of events and pending deliveries, with their quotas", async () => {
    const { appId, call, createOwnType, install, platform, publish, subscribe } =
      await startDeliveryFixture(database);
    const usage = async (id: string) => {
      const { body, status } = await call(`GET /apps/${id}/usage`);
      return [status, body];
    };
    const quotas = { maxEventBytes: 1_000_000_000, maxPendingDeliveries: 100_000, maxLogRows: 100_000 };
    expect(await usage(appId)).toEqual([
      200,
      { eventBytes: 0, pendingDeliveries: 0, deliveryRows: 0, pluginCallRows: 0, ...quotas },
    ]);
    await createOwnType();
    const webhookId = await subscribe("own");
    await call(`POST /apps/${appId}/webhooks/${webhookId}/pause`);
    await install();
    for (const n of [1, 2]) await publish("own", { n });
    await platform.settled();
    await platform.platform.database.write(async (trx) => {
      const day = Math.floor(platform.clock.now() / 86_400_000);
      const rows = [1, 2].map((part) => ({ app_id: appId, day, part, bytes: 100 }));
      await trx.insertInto("event_usage").values(rows).execute();
      const call = { call_id: "1", request_id: "r", app_id: appId, instance_id: "i", site_id: "s" };
      const ended = { method: "m", outcome: "ANSWERED", status: 200, started_at: 1, duration_ms: 1 };
      await trx
        .insertInto("service_plugin_calls")
        .values({ ...call, ...ended, component_type: "t" })
        .execute();
    });
    expect(await usage(appId)).toEqual([
      200,
      { eventBytes: 200, pendingDeliveries: 2, deliveryRows: 2, pluginCallRows: 1, ...quotas },
    ]);
    expect((await usage("00000000-0000-4000-8000-000000000000"))[0]).toBe(404);
  });
});
