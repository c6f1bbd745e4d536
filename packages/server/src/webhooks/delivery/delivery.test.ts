import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { managementCaller } from "../../../../../tests/support/management-client.ts";
import {
  type Arrival,
  answerWith,
  eventually,
  startWebhookReceiver,
  type WebhookReceiver,
} from "../../../../../tests/support/webhook-receiver.ts";
import type { DeliveriesTable } from "../../db/index.ts";
import { createTestPlatform, type TestPlatform, type TestPlatformOptions } from "../../testing/index.ts";
import { engines } from "../../testing/test-database.ts";

const seconds = 1_000;
const minutes = 60 * seconds;
const hours = 60 * minutes;
const catalog = "com.wix.ecommerce.catalog.api.v1";

describe.each(engines)("deliveries on %s", (database) => {
  let platform: TestPlatform;
  let call: ReturnType<typeof managementCaller>;
  let receiver: WebhookReceiver;
  let appId: string;
  let siteId: string;

  const start = async (options: TestPlatformOptions = {}) => {
    platform = await createTestPlatform({ database, ...options });
    call = managementCaller(platform);
    appId = (await platform.createApp({ scopes: ["SCOPE.DC-STORES.READ-PRODUCTS"] })).appId;
    siteId = (await platform.createSite()).siteId;
  };
  beforeEach(async () => {
    receiver = await startWebhookReceiver();
  });
  afterEach(async () => {
    await receiver.close();
    await platform.close();
  });

  const subscribe = async (eventType: string, url = receiver.url): Promise<string> => {
    const { body, status } = await call(`POST /apps/${appId}/webhooks`, { body: { eventType, url } });
    expect(status).toBe(200);
    return String(body.webhookId);
  };
  const install = () => platform.install({ appId, siteId });
  const publish = async (eventType: string, payload: object = {}) => {
    const { body, status } = await call("POST /events", { body: { siteId, eventType, payload } });
    expect(status).toBe(200);
    return String(body.eventId);
  };
  const ownType = async (eventType = "own", permissionId?: string) => {
    const body = { eventType, description: "Own", ...(permissionId ? { permissionId } : {}) };
    expect((await call("POST /event-types", { body })).status).toBe(200);
  };
  const deliveries = (): Promise<DeliveriesTable[]> =>
    platform.platform.database.read
      .selectFrom("deliveries")
      .selectAll()
      .orderBy("sequence")
      .orderBy("delivery_id")
      .execute();
  const attemptsOf = async () => {
    const rows = await platform.platform.database.read
      .selectFrom("delivery_attempts")
      .selectAll()
      .orderBy("started_at")
      .execute();
    return rows.map(({ attempt, detail, outcome, status }) => [attempt, outcome, status, detail]);
  };
  /** What arrived, by type and number. */
  const told = (arrivals: readonly Arrival[] = receiver.arrivals) =>
    arrivals.map(({ claims, message }) => [message.eventType, claims.sequence]);
  const advance = async (ms: number) => {
    await platform.clock.advance(ms);
    await platform.settled();
  };

  describe("who hears of an event", () => {
    test("the apps of the site that have subscribed, each under numbers of its own", async () => {
      await start();
      await ownType();
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
      const [first, second] = receiver.arrivals.filter(({ message }) => message.eventType === "own");
      expect([first, second].map((arrival) => [arrival?.path, arrival?.claims.sequence]).sort()).toEqual([
        ["/", 2],
        ["/other", 1],
      ]);
      expect(receiver.arrivals.find(({ path }) => path === "/other")?.claims.aud).toBe(other.appId);
      expect(receiver.arrivals.filter((one) => one.message.instanceId === instanceId)).toHaveLength(2);
    });

    test("only where the owner granted the permission, as it is when the event is told", async () => {
      await start();
      await ownType("own", "WIX_STORES.READ_PRODUCTS");
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
      expect(receiver.arrivals.map(({ payload }) => payload)).toEqual([{ n: 2 }]);
    });

    test("not one that is suspended, and nothing of a site after the removal", async () => {
      await start();
      await ownType();
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
      expect(told()).toEqual([
        ["AppInstalled", 1],
        ["latchkey.instance_suspended", 2],
        ["own", 3],
        ["AppRemoved", 4],
        ["AppInstalled", 5],
        ["own", 6],
      ]);
    });

    test("whatever was committed, also behind what has an earlier id", async () => {
      await start();
      await ownType();
      await subscribe("own");
      await install();
      await platform.settled();
      const append = (eventId: string) =>
        platform.platform.database.write((trx) =>
          trx
            .insertInto("events")
            .values({
              ...{ event_id: eventId, event_type: "own", app_id: null, site_id: siteId, instance_id: null },
              ...{ payload: "{}", identity: null, occurred_at: 1, fan_position: null, fanned_at: null },
            })
            .execute(),
        );
      await append("019b7ca9-8f2f-7000-8000-000000000002");
      await advance(seconds);
      await append("019b7ca9-8f2e-7000-8000-000000000001");
      await advance(seconds);
      expect(receiver.arrivals.map(({ headers }) => headers["webhook-id"])).toEqual([
        "019b7ca9-8f2f-7000-8000-000000000002",
        "019b7ca9-8f2e-7000-8000-000000000001",
      ]);
    });

    test("each of more apps than one step takes, once", async () => {
      await start();
      await ownType();
      const others = 1_100;
      await platform.platform.database.write(async (trx) => {
        for (let count = 0; count < others; count += 1) {
          const id = `00000000-0000-4000-8000-${String(count).padStart(12, "0")}`;
          const state = { state: "open" as const, last_sequence: 7 };
          await trx
            .insertInto("instance_streams")
            .values({ instance_id: id, app_id: appId, site_id: siteId, ...state })
            .execute();
        }
      });
      const webhookId = await subscribe("own");
      await call(`POST /apps/${appId}/webhooks/${webhookId}/hold`);
      await publish("own");
      await platform.settled();
      const rows = await deliveries();
      expect(rows).toHaveLength(others);
      expect(new Set(rows.map((row) => row.instance_id)).size).toBe(others);
      expect(new Set(rows.map((row) => row.sequence))).toEqual(new Set([8]));
    });
  });

  describe("an event of an instance", () => {
    test("waits for the first attempt of its AppInstalled, however long the endpoint holds it", async () => {
      await start();
      await ownType();
      for (const type of ["AppInstalled", "own"]) await subscribe(type);
      let release = (): void => {};
      receiver.answer = (response, arrival) => {
        if (arrival.message.eventType !== "AppInstalled") return answerWith(200)(response, arrival);
        release = () => answerWith(200)(response, arrival);
      };
      await install();
      await publish("own");
      await receiver.arrived(1);
      await platform.clock.advance(60 * seconds);
      await eventually(async () => (await deliveries()).length === 2);
      await platform.clock.advance(60 * seconds);
      expect(told()).toEqual([["AppInstalled", 1]]);
      expect((await deliveries()).map((row) => row.status)).toEqual(["pending", "waiting"]);
      release();
      await receiver.arrived(2);
      expect(told()[1]).toEqual(["own", 2]);
    });

    test("waits for no retry of it", async () => {
      await start({ deliveryTimeoutMs: 50 });
      await ownType();
      for (const type of ["AppInstalled", "own"]) await subscribe(type);
      let stalls = true;
      receiver.answer = (response, arrival) => {
        if (arrival.message.eventType !== "AppInstalled" || !stalls) answerWith(200)(response, arrival);
      };
      await install();
      await publish("own");
      await receiver.arrived(2);
      expect(told()).toEqual([
        ["AppInstalled", 1],
        ["own", 2],
      ]);
      await platform.settled();
      expect(await attemptsOf()).toContainEqual([1, "timeout", null, "No complete answer came within 50 ms"]);
      stalls = false;
      await advance(minutes);
      expect(told()[2]).toEqual(["AppInstalled", 1]);
    });

    test("does not wait for one that is held back, or deleted", async () => {
      await start();
      await ownType();
      const webhookId = await subscribe("AppInstalled");
      await subscribe("own");
      await call(`POST /apps/${appId}/webhooks/${webhookId}/hold`);
      await install();
      await publish("own");
      await platform.settled();
      expect(told()).toEqual([["own", 2]]);
    });
  });

  describe("under the policy of the wire", () => {
    test("is tried on the published schedule, 12 times more, and then kept as failed", async () => {
      await start();
      await subscribe("AppInstalled");
      receiver.answer = answerWith(500);
      await install();
      await platform.settled();
      const schedule = [1, 10, 60, 120, 120, 120, 240, 240, 240, 480, 480, 720];
      for (const [index, delay] of schedule.entries()) {
        expect((await deliveries())[0]).toMatchObject({ status: "pending", attempts: index + 1 });
        await advance(delay * minutes - 1);
        expect(receiver.arrivals).toHaveLength(index + 1);
        await advance(101);
        expect(receiver.arrivals).toHaveLength(index + 2);
      }
      expect((await deliveries())[0]).toMatchObject({
        status: "failed",
        attempts: 13,
        next_attempt_at: null,
      });
      await advance(100 * hours);
      expect(receiver.arrivals).toHaveLength(13);
      expect(new Set(receiver.arrivals.map(({ claims }) => claims.jti)).size).toBe(13);
      expect(new Set(receiver.arrivals.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
      expect(new Set(receiver.arrivals.map(({ message }) => JSON.stringify(message))).size).toBe(1);
    });

    test.each<[number, Record<string, string>, string, string]>([
      [204, {}, "wrong_status", "The endpoint answered 204; only 200 counts under this policy."],
      [201, {}, "wrong_status", "The endpoint answered 201; only 200 counts under this policy."],
      [302, { location: "/x" }, "redirect", "The endpoint answered 302; redirects are not followed."],
      [410, {}, "wrong_status", "The endpoint answered 410; only 200 counts under this policy."],
      [
        503,
        { "retry-after": "7200" },
        "wrong_status",
        "The endpoint answered 503; only 200 counts under this policy.",
      ],
    ])("an answer of %d is a failure that is tried again", async (status, headers, outcome, detail) => {
      await start();
      await subscribe("AppInstalled");
      receiver.answer = answerWith(status, headers);
      await install();
      await platform.settled();
      expect(await attemptsOf()).toEqual([[1, outcome, status, detail]]);
      receiver.answer = answerWith(200);
      await advance(minutes + 100);
      expect(receiver.arrivals).toHaveLength(2);
      expect((await deliveries())[0]).toMatchObject({ status: "delivered", attempts: 2 });
    });

    test("an endpoint that is not there is a failure that says so", async () => {
      await start();
      const gone = await startWebhookReceiver();
      await gone.close();
      await subscribe("AppInstalled", gone.url);
      await install();
      await platform.settled();
      expect(await attemptsOf()).toEqual([[1, "connect", null, "Nothing listens there (ECONNREFUSED)"]]);
    });
  });

  describe("under the standard policy", () => {
    test("any 2xx is received", async () => {
      await start({ deliveryPolicy: "standard" });
      await subscribe("AppInstalled");
      receiver.answer = answerWith(204);
      await install();
      await platform.settled();
      expect((await deliveries())[0]).toMatchObject({ status: "delivered" });
    });

    test("410 holds the subscription at once, and keeps what comes", async () => {
      await start({ deliveryPolicy: "standard" });
      await ownType();
      const webhookId = await subscribe("own");
      await install();
      receiver.answer = answerWith(410);
      await publish("own", { n: 1 });
      await platform.settled();
      await publish("own", { n: 2 });
      await advance(24 * hours);
      expect(receiver.arrivals).toHaveLength(1);
      const { body } = await call(`GET /apps/${appId}/webhooks/${webhookId}`);
      expect(body).toMatchObject({ state: "held", holdReason: "gone", pending: 2 });
      receiver.answer = answerWith(200);
      await call(`POST /apps/${appId}/webhooks/${webhookId}/release`);
      await platform.settled();
      expect(receiver.arrivals.map(({ payload }) => payload)).toEqual([{ n: 1 }, { n: 1 }, { n: 2 }]);
    });

    test.each([
      ["120", 120 * seconds],
      ["999999999", 24 * hours],
      ["Fri, 02 Jan 2026 03:06:05 GMT", 119_322],
      ["1", 10 * seconds],
      ["soon", 10 * seconds],
    ])("Retry-After: %s puts the next attempt off, within bounds", async (retryAfter, wait) => {
      await start({ deliveryPolicy: "standard" });
      await subscribe("AppInstalled");
      receiver.answer = answerWith(503, { "retry-after": retryAfter });
      await install();
      await platform.settled();
      const [delivery] = await deliveries();
      const waited = (delivery?.next_attempt_at ?? 0) - platform.clock.now();
      expect(waited).toBeGreaterThanOrEqual(wait);
      expect(waited).toBeLessThanOrEqual(wait * 1.1);
    });
  });

  test("an endpoint that fails for days is warned of, held, and gets all in order when it is replayed", async () => {
    await start();
    await ownType();
    const webhookId = await subscribe("own");
    await install();
    receiver.answer = answerWith(500);
    const state = async () => (await call(`GET /apps/${appId}/webhooks/${webhookId}`)).body;
    const warned: unknown[] = [];
    let published = 0;
    while ((await state()).state !== "held") {
      published += 1;
      expect(published).toBeLessThan(60);
      await publish("own", { n: published });
      await platform.settled();
      const { warnedPercent } = await state();
      if (warned.at(-1) !== warnedPercent) warned.push(warnedPercent);
      await advance(3 * hours);
    }
    expect(warned).toEqual([0, 50, 70, 90]);
    expect(await state()).toMatchObject({ holdReason: "failing", heldAt: expect.any(String) });
    await publish("own", { n: published + 1 });
    await platform.settled();

    const seen = receiver.arrivals.length;
    receiver.answer = answerWith(200);
    const replay = `POST /apps/${appId}/webhooks/${webhookId}/replay`;
    expect((await call(replay, { body: {} })).status).toBe(409);
    // What came while it was held waits in order already.
    const all = { deliveries: published, more: false };
    expect((await call(replay, { body: { dryRun: true } })).body).toEqual({ ...all, dryRun: true });
    expect((await call(replay, { body: { release: true } })).body).toEqual({ ...all, dryRun: false });
    await platform.settled();
    expect(receiver.arrivals.slice(seen).map(({ payload }) => payload.n)).toEqual(
      Array.from({ length: published + 1 }, (_, index) => index + 1),
    );
    expect(await state()).toMatchObject({ state: "active", failures: 0, pending: 0 });
    const audit = (await call(`GET /audit?appId=${appId}`)).body.items.map((entry) => [
      entry.action,
      entry.actor,
    ]);
    expect(audit).toContainEqual(["webhook.held", "system"]);
  });

  test("a failing endpoint slows only itself", async () => {
    await start();
    await ownType();
    await subscribe("own", `${receiver.url}/bad`);
    await subscribe("own", `${receiver.url}/good`);
    await install();
    receiver.answer = (response, arrival) => {
      if (arrival.path === "/good") answerWith(200)(response, arrival);
    };
    for (let n = 0; n < 100; n += 1) await publish("own", { n });
    const good = () => receiver.arrivals.filter(({ path }) => path === "/good").length;
    await eventually(
      () => good() === 100,
      () => `${good()} of 100 good ones`,
    );
    expect(receiver.arrivals.length - good()).toBeLessThanOrEqual(4);
  });

  test("what a process has begun is sent by another when its lease has ended, or on SQLite when it starts", async () => {
    await start();
    await subscribe("AppInstalled");
    await platform.platform.database.write(async (trx) => {
      await trx.updateTable("webhooks").set({ held_at: 1 }).execute();
    });
    await install();
    await platform.settled();
    const now = platform.clock.now();
    await platform.platform.database.write(async (trx) => {
      await trx
        .updateTable("deliveries")
        .set({ leased_until: now + 5_000, next_attempt_at: now + 5_000 })
        .execute();
      await trx.updateTable("webhooks").set({ held_at: null }).execute();
    });
    await advance(4_999);
    expect(receiver.arrivals).toHaveLength(0);
    await advance(101);
    expect(receiver.arrivals).toHaveLength(1);
  });

  describe("sending again", () => {
    test("one delivery, with its schedule from the beginning", async () => {
      await start();
      await subscribe("AppInstalled");
      await install();
      await platform.settled();
      const [delivery] = await deliveries();
      receiver.answer = answerWith(500);
      const answer = await call(`POST /deliveries/${delivery?.delivery_id}/resend`);
      expect([answer.status, answer.body.status]).toEqual([200, "pending"]);
      await platform.settled();
      expect((await deliveries())[0]).toMatchObject({
        ...{ status: "pending", attempts: 2, attempts_before: 1 },
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
    });

    test("by sequence, time, instance and status", async () => {
      await start();
      await ownType();
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
      const seen = receiver.arrivals.length;
      await call(`POST /apps/${appId}/webhooks/${webhookId}/replay`, {
        body: { statuses: ["delivered"], fromSequence: 2 },
      });
      await platform.settled();
      expect(receiver.arrivals.slice(seen).map(({ payload }) => payload.n)).toEqual([2, 3, 4, 5]);
    });

    test("AppInstalled, for every site where the app is installed", async () => {
      await start();
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
      expect(started.body).toMatchObject({ told: 0, total: 450, endedAt: null });
      await eventually(async () => {
        await platform.settled();
        const { body } = await call(`GET /apps/${appId}/backfills`);
        return body.items[0]?.endedAt !== null;
      });
      await platform.settled();
      expect((await call(`GET /apps/${appId}/backfills`)).body.items).toMatchObject([
        { told: 450, total: 450 },
      ]);
      expect(receiver.arrivals).toHaveLength(450);
      expect(new Set(receiver.arrivals.map(({ message }) => message.instanceId))).toEqual(expected);
    });

    test("a test, without an instance or with one of the app's own", async () => {
      await start();
      const webhookId = await subscribe(`${catalog}.ProductCreated`);
      const { instanceId } = await install();
      const test = `POST /apps/${appId}/webhooks/${webhookId}/test`;
      await call(test, { body: {} });
      await call(test, { body: { instanceId } });
      await platform.settled();
      expect(receiver.arrivals.map(({ message, payload }) => [message.instanceId, payload.test])).toEqual(
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

  test("what has ended is forgotten after 30 days, what has not is kept", async () => {
    await start();
    await ownType();
    await subscribe("own");
    await install();
    await publish("own", { n: 1 });
    await platform.settled();
    await call("POST /events", { body: { siteId, eventType: "own", payload: { n: 2 } } });
    const [webhook] = (await call(`GET /apps/${appId}/webhooks`)).body.items;
    await platform.settled();
    await call(`POST /apps/${appId}/webhooks/${webhook?.webhookId}/hold`);
    await publish("own", { n: 3 });
    await platform.settled();
    await platform.clock.advance(31 * 24 * hours);
    await platform.clock.advance(hours);
    await eventually(async () => (await deliveries()).length === 1);
    const { read } = platform.platform.database;
    expect(await read.selectFrom("delivery_attempts").selectAll().execute()).toEqual([]);
    expect((await read.selectFrom("events").select("payload").execute()).map((row) => row.payload)).toEqual([
      '{"n":3}',
    ]);
  });
});
