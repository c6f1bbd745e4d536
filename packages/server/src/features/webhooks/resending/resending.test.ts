import { minutes, seconds, startDeliveryFixture } from "@latchkey/test-support/test-deliveries";
import { eventually, respondWith } from "@latchkey/test-support/webhook-receiver";
import { describe, expect, test } from "vitest";
import { engines } from "../../../testing/test-database.ts";

const catalog = "com.wix.ecommerce.catalog.api.v1";

describe.each(engines)("on %s", (database) => {
  test("resend sends one delivery, with a new retry schedule", async () => {
    const { appId, call, deliveries, install, platform, receiver, subscribe } =
      await startDeliveryFixture(database);
    await subscribe("AppInstalled");
    await install();
    await platform.settled();
    const [delivery] = await deliveries();
    receiver.respond = respondWith(500);
    const response = await call(`POST /deliveries/${delivery?.delivery_id}/resend`);
    expect([response.status, response.body.status]).toEqual([200, "pending"]);
    await platform.settled();
    expect((await deliveries())[0]).toMatchObject({
      ...{ status: "pending", attempts: 2, attempt_offset: 1 },
      next_attempt_at: platform.clock.now() + minutes,
    });
    const { body } = await call(`GET /deliveries/${delivery?.delivery_id}`);
    expect(body).toMatchObject({
      payload: { appId, originInstanceId: null },
      log: [
        { attempt: 1, outcome: "delivered", status: 200 },
        { attempt: 2, outcome: "wrong_status", status: 500 },
      ],
    });
    const log = body.log as unknown as { requestHeaders: object }[];
    for (const [index, { requestHeaders }] of log.entries()) {
      expect(receiver.received[index]?.headers).toMatchObject(requestHeaders);
      expect(Object.keys(requestHeaders)).toEqual([
        ...["content-type", "user-agent", "webhook-id", "webhook-timestamp"],
      ]);
    }
  });

  test("replay selects deliveries by sequence, time, instance and status", async () => {
    const { advance, appId, call, install, createOwnType, platform, publish, receiver, siteId, subscribe } =
      await startDeliveryFixture(database);
    await createOwnType();
    const webhookId = await subscribe("own");
    const { instanceId } = await install();
    for (let n = 1; n <= 5; n += 1) {
      await publish("own", { n });
      await platform.settled();
      await advance(minutes);
    }
    const count = async (body: object) =>
      (
        await call(`POST /apps/${appId}/webhooks/${webhookId}/replay`, {
          body: { statuses: ["delivered"], dryRun: true, ...body },
        })
      ).body.deliveries;
    expect(await count({})).toBe(5);
    expect(await count({ statuses: ["failed", "pending"] })).toBe(0);
    expect(await count({ fromSequence: 3 })).toBe(3);
    expect(await count({ fromSequence: 2, toSequence: 4 })).toBe(3);
    expect(await count({ from: new Date(platform.clock.now() - 150 * seconds).toISOString() })).toBe(2);
    expect(await count({ to: new Date(platform.clock.now() - 150 * seconds).toISOString() })).toBe(3);
    expect(await count({ instanceId })).toBe(5);
    expect(await count({ instanceId: siteId })).toBe(0);
    const seen = receiver.received.length;
    await call(`POST /apps/${appId}/webhooks/${webhookId}/replay`, {
      body: { statuses: ["delivered"], fromSequence: 2 },
    });
    await platform.settled();
    expect(receiver.received.slice(seen).map(({ payload }) => payload.n)).toEqual([2, 3, 4, 5]);
  });

  test("backfill sends AppInstalled for every installed instance of the app", async () => {
    const { appId, call, install, platform, receiver, subscribe } = await startDeliveryFixture(database);
    const expected = new Set<string>();
    for (let count = 0; count < 450; count += 1) {
      const { siteId: own } = await platform.createSite();
      expected.add((await platform.install({ appId, siteId: own })).instanceId);
    }
    const removed = (await install()).instanceId;
    await platform.remove(removed);
    await platform.settled();
    await subscribe("AppInstalled");
    const started = await call(`POST /apps/${appId}/backfill`);
    expect(started.body).toMatchObject({ processed: 0, total: 450, endedAt: null });
    await eventually(async () => {
      await platform.settled();
      const { body } = await call(`GET /apps/${appId}/backfills`);
      return body.items[0]?.endedAt !== null;
    });
    await platform.settled();
    expect((await call(`GET /apps/${appId}/backfills`)).body.items).toMatchObject([
      { processed: 450, total: 450 },
    ]);
    expect(receiver.received).toHaveLength(450);
    expect(new Set(receiver.received.map(({ message }) => message.instanceId))).toEqual(expected);
  });

  test("test sends a sample without an instance, or of an instance of the app", async () => {
    const { appId, call, install, platform, receiver, siteId, subscribe } =
      await startDeliveryFixture(database);
    const webhookId = await subscribe(`${catalog}.ProductCreated`);
    const { instanceId } = await install();
    const test = `POST /apps/${appId}/webhooks/${webhookId}/test`;
    await call(test, { body: {} });
    await call(test, { body: { instanceId } });
    await platform.settled();
    expect(receiver.received.map(({ message, payload }) => [message.instanceId, payload.test])).toEqual(
      expect.arrayContaining([
        [null, true],
        [instanceId, true],
      ]),
    );
    const other = await platform.createApp();
    const foreign = await platform.install({ appId: other.appId, siteId });
    expect((await call(test, { body: { instanceId: foreign.instanceId } })).status).toBe(404);
  });
});
