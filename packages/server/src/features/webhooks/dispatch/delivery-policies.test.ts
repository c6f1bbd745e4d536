import { hours, minutes, seconds, startDeliveryFixture } from "@latchkey/test-support/test-deliveries";
import { respondWith, startWebhookReceiver } from "@latchkey/test-support/webhook-receiver";
import { describe, expect, test } from "vitest";
import { engines } from "../../../testing/test-database.ts";

describe.each(engines)("delivery policies on %s", (database) => {
  describe("under the policy wix", () => {
    test("a failing delivery is retried 12 times on the published schedule, and then has failed", async () => {
      const { advance, deliveries, install, platform, receiver, subscribe } =
        await startDeliveryFixture(database);
      await subscribe("AppInstalled");
      receiver.respond = respondWith(500);
      await install();
      await platform.settled();
      const schedule = [1, 10, 60, 120, 120, 120, 240, 240, 240, 480, 480, 720];
      for (const [index, delay] of schedule.entries()) {
        expect((await deliveries())[0]).toMatchObject({ status: "pending", attempts: index + 1 });
        await advance(delay * minutes - 1);
        expect(receiver.received).toHaveLength(index + 1);
        await advance(101);
        expect(receiver.received).toHaveLength(index + 2);
      }
      expect((await deliveries())[0]).toMatchObject({
        status: "failed",
        attempts: 13,
        next_attempt_at: null,
      });
      await advance(100 * hours);
      expect(receiver.received).toHaveLength(13);
      expect(new Set(receiver.received.map(({ claims }) => claims.jti)).size).toBe(13);
      expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
      expect(new Set(receiver.received.map(({ message }) => JSON.stringify(message))).size).toBe(1);
    });

    test.each<[number, Record<string, string>, string, string]>([
      [204, {}, "wrong_status", "The endpoint responded with 204; only 200 counts under this policy."],
      [201, {}, "wrong_status", "The endpoint responded with 201; only 200 counts under this policy."],
      [302, { location: "/x" }, "redirect", "The endpoint responded with 302; redirects are not followed."],
      [410, {}, "wrong_status", "The endpoint responded with 410; only 200 counts under this policy."],
      [
        503,
        { "retry-after": "7200" },
        "wrong_status",
        "The endpoint responded with 503; only 200 counts under this policy.",
      ],
    ])("a response of %d is a failure and is retried", async (status, headers, outcome, detail) => {
      const { advance, attempts, deliveries, install, platform, receiver, subscribe } =
        await startDeliveryFixture(database);
      await subscribe("AppInstalled");
      receiver.respond = respondWith(status, headers);
      await install();
      await platform.settled();
      expect(await attempts()).toEqual([[1, outcome, status, detail]]);
      receiver.respond = respondWith(200);
      await advance(minutes + 100);
      expect(receiver.received).toHaveLength(2);
      expect((await deliveries())[0]).toMatchObject({ status: "delivered", attempts: 2 });
    });

    test("a refused connection is a failure with that detail", async () => {
      const { attempts, install, platform, subscribe } = await startDeliveryFixture(database);
      const gone = await startWebhookReceiver();
      await gone.close();
      await subscribe("AppInstalled", gone.url);
      await install();
      await platform.settled();
      expect(await attempts()).toEqual([[1, "connect", null, "The connection was refused (ECONNREFUSED)"]]);
    });
  });

  describe("under the policy standard", () => {
    test("any 2xx counts as delivered", async () => {
      const { deliveries, install, platform, receiver, subscribe } = await startDeliveryFixture(database, {
        deliveryPolicy: "standard",
      });
      await subscribe("AppInstalled");
      receiver.respond = respondWith(204);
      await install();
      await platform.settled();
      expect((await deliveries())[0]).toMatchObject({ status: "delivered" });
    });

    test("410 pauses the webhook at once; later events are kept", async () => {
      const { advance, appId, call, install, createOwnType, platform, publish, receiver, subscribe } =
        await startDeliveryFixture(database, { deliveryPolicy: "standard" });
      await createOwnType();
      const webhookId = await subscribe("own");
      await install();
      receiver.respond = respondWith(410);
      await publish("own", { n: 1 });
      await platform.settled();
      await publish("own", { n: 2 });
      await advance(24 * hours);
      expect(receiver.received).toHaveLength(1);
      const { body } = await call(`GET /apps/${appId}/webhooks/${webhookId}`);
      expect(body).toMatchObject({ state: "paused", pauseReason: "gone", pending: 2 });
      receiver.respond = respondWith(200);
      await call(`POST /apps/${appId}/webhooks/${webhookId}/resume`);
      await platform.settled();
      expect(receiver.received.map(({ payload }) => payload)).toEqual([{ n: 1 }, { n: 1 }, { n: 2 }]);
    });

    test.each([
      ["120", 120 * seconds],
      ["999999999", 24 * hours],
      ["Fri, 02 Jan 2026 03:06:05 GMT", 119_322],
      ["1", 10 * seconds],
      ["soon", 10 * seconds],
    ])("Retry-After: %s delays the next attempt, within limits", async (retryAfter, wait) => {
      const { deliveries, install, platform, receiver, subscribe } = await startDeliveryFixture(database, {
        deliveryPolicy: "standard",
      });
      await subscribe("AppInstalled");
      receiver.respond = respondWith(503, { "retry-after": retryAfter });
      await install();
      await platform.settled();
      const [delivery] = await deliveries();
      const waited = (delivery?.next_attempt_at ?? 0) - platform.clock.now();
      expect(waited).toBeGreaterThanOrEqual(wait);
      expect(waited).toBeLessThanOrEqual(wait * 1.1);
    });
  });

  test("a webhook that fails for days is warned about, then paused; a replay sends its events by sequence", async () => {
    const { advance, appId, call, install, createOwnType, platform, publish, receiver, subscribe } =
      await startDeliveryFixture(database);
    await createOwnType();
    const webhookId = await subscribe("own");
    await install();
    receiver.respond = respondWith(500);
    const state = async () => (await call(`GET /apps/${appId}/webhooks/${webhookId}`)).body;
    const warned: unknown[] = [];
    let published = 0;
    while ((await state()).state !== "paused") {
      published += 1;
      expect(published).toBeLessThan(60);
      await publish("own", { n: published });
      await platform.settled();
      const { lastWarningPercent } = await state();
      if (warned.at(-1) !== lastWarningPercent) warned.push(lastWarningPercent);
      await advance(3 * hours);
    }
    expect(warned).toEqual([0, 50, 70, 90]);
    expect(await state()).toMatchObject({ pauseReason: "failing", pausedAt: expect.any(String) });
    await publish("own", { n: published + 1 });
    await platform.settled();

    const seen = receiver.received.length;
    receiver.respond = respondWith(200);
    const replay = `POST /apps/${appId}/webhooks/${webhookId}/replay`;
    expect((await call(replay, { body: {} })).status).toBe(409);
    // Events that were published during the pause are ordered already.
    const all = { deliveries: published, more: false };
    expect((await call(replay, { body: { dryRun: true } })).body).toEqual({ ...all, dryRun: true });
    expect((await call(replay, { body: { resume: true } })).body).toEqual({ ...all, dryRun: false });
    await platform.settled();
    expect(receiver.received.slice(seen).map(({ payload }) => payload.n)).toEqual(
      Array.from({ length: published + 1 }, (_, index) => index + 1),
    );
    expect(await state()).toMatchObject({ state: "active", failures: 0, pending: 0 });
    const audit = (await call(`GET /audit?appId=${appId}`)).body.items.map((entry) => [
      entry.action,
      entry.actor,
    ]);
    expect(audit).toContainEqual(["webhook.paused", "system"]);
  });
});
