import { randomBytes, randomUUID } from "node:crypto";
import {
  eventually,
  respondWith,
  startWebhookReceiver,
  type WebhookReceiver,
} from "@latchkey/test-support/webhook-receiver";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseMasterKeys, Vault } from "../../../infrastructure/crypto/index.ts";
import { createIds } from "../../../infrastructure/database/index.ts";
import { createLog, createMetrics } from "../../../infrastructure/observability/index.ts";
import { createOutbound, parseAllowed } from "../../../infrastructure/outbound/index.ts";
import type { TestDatabase } from "../../../testing/test-database.ts";
import { AppKeyRing, generateAppKey } from "../../apps/index.ts";
import { AuditLog } from "../../audit/index.ts";
import { Counts } from "../../counts/index.ts";
import { createDeliveryDatabase, insertDeliveryRows, insertWebhookRow } from "../testing/delivery-rows.ts";
import { deliveryPolicies } from "./delivery-policies.ts";
import { Dispatcher } from "./dispatcher.ts";

const now = 1_767_323_045_678;

describe("the dispatcher", () => {
  let storage: TestDatabase;
  let receiver: WebhookReceiver;
  let dispatcher: Dispatcher;
  let stopped: boolean;
  let vault: Vault;
  let insertWebhook: (webhookId: string, appId?: string) => Promise<void>;
  beforeEach(async () => {
    storage = await createDeliveryDatabase("sqlite");
    receiver = await startWebhookReceiver();
    const { clock, database } = storage;
    vault = new Vault(parseMasterKeys("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="), randomBytes);
    const { privatePem, publicPem } = await generateAppKey();
    const sealed_private_key = vault.seal(privatePem, "app-key app kid");
    const key = { kid: "kid", app_id: "app", public_key: publicPem, sealed_private_key, created_at: 1 };
    await database.write((trx) => trx.insertInto("app_keys").values(key).execute());
    insertWebhook = async (webhook_id, app_id = "app") => {
      const secret = `whsec_${Buffer.alloc(32, 2).toString("base64")}`;
      const sealed_secret = vault.seal(secret, `webhook-secret ${webhook_id}`);
      const url = `${receiver.url}/${webhook_id}`;
      await insertWebhookRow(database, { webhook_id, app_id, url, sealed_secret });
    };
    await insertWebhook("webhook");
    const ids = createIds({ clock, randomUuid: randomUUID });
    dispatcher = new Dispatcher(
      {
        audit: new AuditLog({ clock, ids }),
        clock,
        database,
        ids,
        log: createLog("silent"),
        random: randomBytes,
        vault,
        appKeys: new AppKeyRing(database, vault),
        development: false,
        counts: new Counts({ clock, database, log: createLog("silent") }),
        issuer: "http://127.0.0.1:4400",
        metrics: createMetrics(),
        outbound: createOutbound({
          clock,
          log: createLog("silent"),
          allowed: parseAllowed("127.0.0.0/8", "ALLOW"),
        }),
        policy: { ...deliveryPolicies.wix, timeoutMs: 60_000 },
      },
      () => {},
    );
    stopped = false;
  });
  afterEach(async () => {
    if (!stopped) await dispatcher.stop(Promise.resolve());
    await receiver.close();
    await storage.remove();
  });

  const insert = async (count: number, webhook_id = "webhook", row: object = {}): Promise<void> => {
    const prefix = webhook_id === "webhook" ? "delivery" : webhook_id;
    const rows = Array.from({ length: count }, (_, n) => ({
      ...{ delivery_id: `${prefix}-${n}`, sequence: n, webhook_id, ...row },
    }));
    await insertDeliveryRows(storage.database, rows);
  };
  const arrivalsByPath = () =>
    Object.fromEntries(
      Array.from(
        Map.groupBy(receiver.received, ({ path }) => path),
        ([path, received]) => [path, received.length],
      ),
    );
  /** Another app, with a key. */
  const otherApp = async (): Promise<string> => {
    const { read, write } = storage.database;
    const app = await read.selectFrom("apps").selectAll().executeTakeFirstOrThrow();
    const row = { ...app, app_id: "other" };
    await write((trx) => trx.insertInto("apps").values(row).execute());
    const { privatePem, publicPem } = await generateAppKey();
    const key = { kid: "other-kid", app_id: "other", public_key: publicPem, created_at: 1 };
    const sealed_private_key = vault.seal(privatePem, "app-key other other-kid");
    await write((trx) =>
      trx
        .insertInto("app_keys")
        .values({ ...key, sealed_private_key })
        .execute(),
    );
    return "other";
  };
  const deliveries = () => storage.database.read.selectFrom("deliveries").selectAll().execute();

  test("sends a due delivery and stores its attempt", async () => {
    await insert(1);
    await dispatcher.dispatch();
    await dispatcher.idle();
    expect(receiver.received).toMatchObject([
      { headers: { "webhook-id": "delivery-0" }, claims: { aud: "app" } },
    ]);
    expect(await deliveries()).toMatchObject([
      { status: "delivered", attempts: 1, ended_at: now, leased_until: null },
    ]);
    expect(await storage.database.read.selectFrom("delivery_attempts").selectAll().execute()).toMatchObject([
      { attempt: 1, started_at: now, outcome: "delivered", status: 200 },
    ]);
  });

  test("schedules the retry of a failed attempt", async () => {
    receiver.respond = respondWith(500);
    await insert(1);
    await dispatcher.dispatch();
    await dispatcher.idle();
    expect(await deliveries()).toMatchObject([
      { status: "pending", attempts: 1, next_attempt_at: now + 60_000, leased_until: null },
    ]);
  });

  test("claims as many deliveries of a webhook as it has slots, and leases them for the time-out and 20 seconds", async () => {
    receiver.respond = () => {};
    await insert(20);
    await dispatcher.dispatch();
    await receiver.waitFor(16);
    expect(dispatcher.claimed).toBe(16);
    const leases = (await deliveries()).map((row) => row.leased_until);
    expect(leases.filter((lease) => lease !== null)).toEqual(Array(16).fill(now + 80_000));
    await dispatcher.dispatch();
    expect(dispatcher.claimed).toBe(16);
  });

  test("does not send a delivery twice whose lease ends while it is in flight", async () => {
    receiver.respond = () => {};
    await insert(1);
    await dispatcher.dispatch();
    await receiver.waitFor(1);
    await storage.clock.advance(80_000);
    await dispatcher.dispatch();
    expect([dispatcher.claimed, receiver.received.length]).toEqual([2, 1]);
  });

  test("keeps the lease of a delivery that cannot be signed", async () => {
    await storage.database.write((trx) => trx.updateTable("webhooks").set({ sealed_secret: "x" }).execute());
    await insert(1);
    await dispatcher.dispatch();
    await dispatcher.idle();
    expect(receiver.received).toEqual([]);
    expect(await deliveries()).toMatchObject([{ attempts: 0, leased_until: now + 80_000 }]);
  });

  test("releases claims in flight when it stops, without counting an attempt, and claims nothing more", async () => {
    receiver.respond = () => {};
    await insert(1);
    await dispatcher.dispatch();
    await receiver.waitFor(1);
    await dispatcher.stop(Promise.resolve());
    stopped = true;
    const released = { status: "pending", attempts: 0, next_attempt_at: now, leased_until: null };
    expect(await deliveries()).toMatchObject([released]);
    await dispatcher.dispatch();
    expect(await deliveries()).toMatchObject([released]);
  });

  test("waits for attempts that end in time when it stops", async () => {
    let finish = (): void => {};
    receiver.respond = (response, delivery) => {
      finish = () => respondWith(200)(response, delivery);
    };
    await insert(1);
    await dispatcher.dispatch();
    await receiver.waitFor(1);
    const stop = dispatcher.stop(new Promise(() => {}));
    stopped = true;
    finish();
    await stop;
    await eventually(async () => (await deliveries())[0]?.status === "delivered");
  });

  test("FR-A8: an app with many webhooks at one host leaves half of its slots to others", async () => {
    receiver.respond = () => {};
    const appId = await otherApp();
    const many = Array.from({ length: 10 }, (_, index) => `many-${index}`);
    for (const webhookId of many) {
      await insertWebhook(webhookId);
      await insert(20, webhookId);
    }
    await insertWebhook("other", appId);
    await insert(20, "other", { app_id: appId });
    await dispatcher.dispatch();
    await receiver.waitFor(144);
    const served = many.slice(0, 8).map((webhookId) => [`/${webhookId}`, 16]);
    expect(arrivalsByPath()).toEqual({ ...Object.fromEntries(served), "/other": 16 });
  });

  test("FR-A8: webhooks of one app take turns", async () => {
    const responses: (() => void)[] = [];
    receiver.respond = (response, delivery) =>
      void responses.push(() => respondWith(200)(response, delivery));
    for (let index = 0; index < 10; index += 1) {
      await insertWebhook(`many-${index}`);
      await insert(40, `many-${index}`);
    }
    await dispatcher.dispatch();
    await receiver.waitFor(128);
    for (const respond of responses.splice(0, 32)) respond();
    await eventually(
      async () => (await deliveries()).filter((row) => row.status === "delivered").length === 32,
    );
    await dispatcher.dispatch();
    await receiver.waitFor(160);
    expect(arrivalsByPath()).toMatchObject({ "/many-8": 16, "/many-9": 16 });
  });

  test("FR-A8: a burst of one site at a dead endpoint does not delay the webhook's other sites", async () => {
    const round = async (): Promise<void> => {
      await dispatcher.dispatch();
      await dispatcher.idle();
    };
    receiver.respond = respondWith(500);
    await insert(10_000, "webhook", { instance_id: "a" });
    await round();
    expect(dispatcher.claimed).toBe(16);
    await insert(1, "webhook", { delivery_id: "b", instance_id: "b", next_attempt_at: now });
    await round();
    await round();
    expect(receiver.received.map(({ headers }) => headers["webhook-id"])).toContain("b");
    expect(dispatcher.claimed).toBe(18);
  });

  test("FR-A2: many webhooks without a free slot are not read again and again", async () => {
    receiver.respond = () => {};
    for (let index = 0; index < 101; index += 1) {
      const webhookId = `many-${String(index).padStart(3, "0")}`;
      await insertWebhook(webhookId);
      await insert(index < 10 ? 17 : 1, webhookId);
    }
    while (dispatcher.claimed < 128) await dispatcher.dispatch();
    let polls = 1;
    while (polls < 20 && (await dispatcher.dispatch())) polls += 1;
    expect(dispatcher.claimed).toBe(128);
    // The rest of the round, and one more round of two pages.
    expect(polls).toBeLessThanOrEqual(4);
  });
});
