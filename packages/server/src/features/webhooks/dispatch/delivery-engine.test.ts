import { hours, minutes, seconds, startDeliveryFixture } from "@latchkey/test-support/test-deliveries";
import { eventually, respondWith } from "@latchkey/test-support/webhook-receiver";
import { describe, expect, test } from "vitest";
import { engines } from "../../../testing/test-database.ts";

describe.each(engines)("the delivery engine on %s", (database) => {
  test("a failing endpoint delays only its own deliveries", async () => {
    const { install, createOwnType, publish, receiver, subscribe } = await startDeliveryFixture(database, {
      deliveryTimeoutMs: minutes,
    });
    await createOwnType();
    await subscribe("own", `${receiver.url}/bad`);
    await subscribe("own", `${receiver.url}/good`);
    await install();
    receiver.respond = (response, delivery) => {
      if (delivery.path === "/good") respondWith(200)(response, delivery);
    };
    for (let n = 0; n < 100; n += 1) await publish("own", { n });
    const good = () => receiver.received.filter(({ path }) => path === "/good").length;
    await eventually(
      () => good() === 100,
      () => `${good()} of 100 deliveries to the working endpoint`,
    );
    expect(receiver.received.length - good()).toBeLessThanOrEqual(16);
  });

  test("G9 an endpoint receives no internal data, and can distinguish an attempt from its event", async () => {
    const { advance, install, platform, receiver, subscribe } = await startDeliveryFixture(database);
    await subscribe("AppInstalled");
    receiver.respond = respondWith(500);
    await install();
    await platform.settled();
    await advance(minutes);
    const [first, second] = receiver.received;
    expect(Object.keys(first?.headers ?? {}).sort()).toEqual([
      ...["connection", "content-length", "content-type", "host", "user-agent"],
      ...["webhook-id", "webhook-signature", "webhook-timestamp"],
    ]);
    expect(first?.headers["user-agent"]).toBe("Latchkey-Webhooks");
    expect(second?.claims.event_id).toBe(first?.claims.event_id);
    expect(second?.claims.jti).not.toBe(first?.claims.jti);
    expect([first?.claims.iat, second?.claims.iat]).toEqual([1_767_323_045, 1_767_323_105]);
  });

  test("metrics show pending deliveries, their age and the outcomes of attempts, without ids", async () => {
    const { advance, appId, install, createOwnType, platform, publish, receiver, siteId, subscribe } =
      await startDeliveryFixture(database);
    await createOwnType();
    const webhookId = await subscribe("own");
    await install();
    receiver.respond = respondWith(500);
    await publish("own", { n: 1 });
    await advance(30 * seconds);
    const metrics = async () => await (await fetch(`${platform.url}/metrics`)).text();
    const failing = await metrics();
    expect(failing).toContain("\nlatchkey_deliveries_pending 1\n");
    expect(failing).toContain("\nlatchkey_delivery_oldest_due_seconds 0\n");
    expect(failing).toContain('\nlatchkey_delivery_attempts_total{outcome="wrong_status"} 1\n');
    expect(failing).toContain("\nlatchkey_delivery_lag_seconds_count 1\n");
    expect(failing).toContain("\nlatchkey_event_oldest_waiting_seconds 0\n");
    for (const id of [appId, siteId, webhookId]) expect(failing).not.toContain(id);
  });

  test("a delivery that another process has leased is sent when the lease ends", async () => {
    const { advance, install, platform, receiver, subscribe } = await startDeliveryFixture(database);
    await subscribe("AppInstalled");
    await platform.platform.database.write(async (trx) => {
      await trx.updateTable("webhooks").set({ paused_at: 1 }).execute();
    });
    await install();
    await platform.settled();
    const now = platform.clock.now();
    await platform.platform.database.write(async (trx) => {
      await trx
        .updateTable("deliveries")
        .set({ leased_until: now + 5_000, next_attempt_at: now + 5_000 })
        .execute();
      await trx.updateTable("webhooks").set({ paused_at: null }).execute();
    });
    await advance(4_999);
    expect(receiver.received).toHaveLength(0);
    await advance(101);
    expect(receiver.received).toHaveLength(1);
  });

  test("ended deliveries are deleted after 30 days, others are kept", async () => {
    const { appId, call, deliveries, install, createOwnType, platform, publish, siteId, subscribe } =
      await startDeliveryFixture(database);
    await createOwnType();
    await subscribe("own");
    await install();
    await publish("own", { n: 1 });
    await platform.settled();
    await call("POST /events", { body: { siteId, eventType: "own", payload: { n: 2 } } });
    const [webhook] = (await call(`GET /apps/${appId}/webhooks`)).body.items;
    await platform.settled();
    await call(`POST /apps/${appId}/webhooks/${webhook?.webhookId}/pause`);
    await publish("own", { n: 3 });
    await platform.settled();
    await platform.clock.set(platform.clock.now() + 31 * 24 * hours);
    await platform.clock.advance(hours);
    await eventually(async () => (await deliveries()).length === 1);
    const { read } = platform.platform.database;
    expect(await read.selectFrom("delivery_attempts").selectAll().execute()).toEqual([]);
    expect((await read.selectFrom("events").select("payload").execute()).map((row) => row.payload)).toEqual([
      '{"n":3}',
    ]);
  });
});
