import { minutes, seconds, startDeliveryFixture } from "@latchkey/test-support/test-deliveries";
import { eventually, respondWith } from "@latchkey/test-support/webhook-receiver";
import { describe, expect, test } from "vitest";
import { engines } from "../../../testing/test-database.ts";

describe.each(engines)("fan-out on %s", (database) => {
  describe("an event reaches", () => {
    test("the subscribed apps on the site, each with its own sequence", async () => {
      const { appId, call, install, createOwnType, platform, publish, receiver, siteId, subscribe } =
        await startDeliveryFixture(database);
      await createOwnType();
      for (const type of ["AppInstalled", "own"]) await subscribe(type);
      const { instanceId } = await install();
      const other = await platform.createApp();
      await platform.install({ appId: other.appId, siteId });
      await call(`POST /apps/${other.appId}/webhooks`, {
        body: { eventType: "own", url: `${receiver.url}/other` },
      });
      await platform.install({ appId, siteId: (await platform.createSite()).siteId });
      await platform.settled();
      await publish("own", { n: 1 });
      await platform.settled();
      const [first, second] = receiver.received.filter(({ message }) => message.eventType === "own");
      expect([first, second].map((delivery) => [delivery?.path, delivery?.claims.sequence]).sort()).toEqual([
        ["/", 2],
        ["/other", 1],
      ]);
      expect(receiver.received.find(({ path }) => path === "/other")?.claims.aud).toBe(other.appId);
      expect(receiver.received.filter((one) => one.message.instanceId === instanceId)).toHaveLength(2);
    });

    test("only instances whose grant has the permission when the event is fanned out", async () => {
      const { appId, createOwnType, platform, publish, receiver, siteId, subscribe } =
        await startDeliveryFixture(database);
      await createOwnType("WIX_STORES.READ_PRODUCTS");
      await subscribe("own");
      const { instanceId } = await platform.install({ appId, siteId, grant: [] });
      await publish("own", { n: 1 });
      await platform.settled();
      await platform.approve(instanceId, ["SCOPE.DC-STORES.READ-PRODUCTS"]);
      await publish("own", { n: 2 });
      await platform.settled();
      await platform.approve(instanceId, []);
      await publish("own", { n: 3 });
      await platform.settled();
      expect(receiver.received.map(({ payload }) => payload)).toEqual([{ n: 2 }]);
    });

    test("no suspended or removed instance", async () => {
      const { install, createOwnType, platform, publish, subscribe, received } =
        await startDeliveryFixture(database);
      await createOwnType();
      for (const type of ["own", "AppRemoved", "AppInstalled", "latchkey.instance_suspended"]) {
        await subscribe(type);
      }
      const { instanceId } = await install();
      await platform.settled();
      const steps: (() => Promise<unknown>)[] = [
        () => platform.suspend(instanceId),
        () => publish("own", { while: "suspended" }),
        () => platform.resume(instanceId),
        () => publish("own", { while: "installed" }),
        () => platform.remove(instanceId),
        () => publish("own", { while: "removed" }),
        () => install(),
        () => publish("own", { while: "back" }),
      ];
      for (const step of steps) {
        await step();
        await platform.settled();
      }
      expect(received()).toEqual([
        ["AppInstalled", 1],
        ["latchkey.instance_suspended", 2],
        ["own", 3],
        ["AppRemoved", 4],
        ["AppInstalled", 5],
        ["own", 6],
      ]);
    });

    test("webhooks also when it is committed after an event with a later id", async () => {
      const { advance, install, createOwnType, platform, receiver, siteId, subscribe } =
        await startDeliveryFixture(database);
      await createOwnType();
      await subscribe("own");
      await install();
      await platform.settled();
      const append = (eventId: string) =>
        platform.platform.database.write((trx) =>
          trx
            .insertInto("events")
            .values({
              ...{ event_id: eventId, event_type: "own", app_id: null, site_id: siteId, instance_id: null },
              ...{ payload: "{}", identity: null, occurred_at: 1, fan_out_cursor: null, fanned_out_at: null },
              traceparent: null,
            })
            .execute(),
        );
      await append("019b7ca9-8f2f-7000-8000-000000000002");
      await advance(seconds);
      await append("019b7ca9-8f2e-7000-8000-000000000001");
      await advance(seconds);
      expect(receiver.received.map(({ headers }) => headers["webhook-id"])).toEqual([
        "019b7ca9-8f2f-7000-8000-000000000002",
        "019b7ca9-8f2e-7000-8000-000000000001",
      ]);
    });

    test("every instance once, also beyond one step", async () => {
      const { appId, call, deliveries, createOwnType, platform, publish, siteId, subscribe } =
        await startDeliveryFixture(database);
      await createOwnType();
      const others = 1_100;
      await platform.platform.database.write(async (trx) => {
        for (let count = 0; count < others; count += 1) {
          const id = `00000000-0000-4000-8000-${String(count).padStart(12, "0")}`;
          const state = { state: "installed" as const, last_sequence: 7 };
          await trx
            .insertInto("instance_sequences")
            .values({ instance_id: id, app_id: appId, site_id: siteId, ...state })
            .execute();
        }
      });
      const webhookId = await subscribe("own");
      await call(`POST /apps/${appId}/webhooks/${webhookId}/pause`);
      await publish("own");
      await platform.settled();
      const rows = await deliveries();
      expect(rows).toHaveLength(others);
      expect(new Set(rows.map((row) => row.instance_id)).size).toBe(others);
      expect(new Set(rows.map((row) => row.sequence))).toEqual(new Set([8]));
    });
  });

  describe("an event of an instance", () => {
    test("waits for the first attempt of its AppInstalled, however long the endpoint takes", async () => {
      const { deliveries, install, createOwnType, platform, publish, receiver, subscribe, received } =
        await startDeliveryFixture(database);
      await createOwnType();
      for (const type of ["AppInstalled", "own"]) await subscribe(type);
      let respond = (): void => {};
      receiver.respond = (response, delivery) => {
        if (delivery.message.eventType !== "AppInstalled") return respondWith(200)(response, delivery);
        respond = () => respondWith(200)(response, delivery);
      };
      await install();
      await publish("own");
      await receiver.waitFor(1);
      await platform.clock.advance(60 * seconds);
      await eventually(async () => (await deliveries()).length === 2);
      await platform.clock.advance(60 * seconds);
      expect(received()).toEqual([["AppInstalled", 1]]);
      expect((await deliveries()).map((row) => row.status)).toEqual(["pending", "blocked"]);
      respond();
      await receiver.waitFor(2);
      expect(received()[1]).toEqual(["own", 2]);
    });

    test("does not wait for a retry of AppInstalled", async () => {
      const { advance, attempts, install, createOwnType, platform, publish, receiver, subscribe, received } =
        await startDeliveryFixture(database, { deliveryTimeoutMs: 50 });
      await createOwnType();
      for (const type of ["AppInstalled", "own"]) await subscribe(type);
      let stalls = true;
      receiver.respond = (response, delivery) => {
        if (delivery.message.eventType !== "AppInstalled" || !stalls) respondWith(200)(response, delivery);
      };
      await install();
      await publish("own");
      await receiver.waitFor(2);
      expect(received()).toEqual([
        ["AppInstalled", 1],
        ["own", 2],
      ]);
      await platform.settled();
      expect(await attempts()).toContainEqual([1, "timeout", null, "No complete response came within 50 ms"]);
      stalls = false;
      await advance(minutes);
      expect(received()[2]).toEqual(["AppInstalled", 1]);
    });

    test("does not wait for the AppInstalled of a paused webhook", async () => {
      const { appId, call, install, createOwnType, platform, publish, subscribe, received } =
        await startDeliveryFixture(database);
      await createOwnType();
      const webhookId = await subscribe("AppInstalled");
      await subscribe("own");
      await call(`POST /apps/${appId}/webhooks/${webhookId}/pause`);
      await install();
      await publish("own");
      await platform.settled();
      expect(received()).toEqual([["own", 2]]);
    });
  });
});
