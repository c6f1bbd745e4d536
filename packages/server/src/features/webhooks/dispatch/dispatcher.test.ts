import { randomBytes, randomUUID } from "node:crypto";
import {
  answerWith,
  eventually,
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
import { createDeliveryDatabase, insertDeliveryRow, insertWebhookRow } from "../testing/delivery-rows.ts";
import { deliveryPolicies } from "./delivery-policies.ts";
import { Dispatcher } from "./dispatcher.ts";

const now = 1_767_323_045_678;

describe("the dispatcher", () => {
  let storage: TestDatabase;
  let receiver: WebhookReceiver;
  let dispatcher: Dispatcher;
  let stopped: boolean;
  beforeEach(async () => {
    storage = await createDeliveryDatabase("sqlite");
    receiver = await startWebhookReceiver();
    const { clock, database } = storage;
    const vault = new Vault(parseMasterKeys("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="), randomBytes);
    const { privatePem, publicPem } = await generateAppKey();
    const sealed_private_key = vault.seal(privatePem, "app-key app kid");
    const key = { kid: "kid", app_id: "app", public_key: publicPem, sealed_private_key, created_at: 1 };
    await database.write((trx) => trx.insertInto("app_keys").values(key).execute());
    const secret = `whsec_${Buffer.alloc(32, 2).toString("base64")}`;
    const sealed_secret = vault.seal(secret, "webhook-secret webhook");
    await insertWebhookRow(database, { webhook_id: "webhook", url: receiver.url, sealed_secret });
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

  const insert = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1) {
      await insertDeliveryRow(storage.database, { delivery_id: `delivery-${n}`, sequence: n });
    }
  };
  const deliveries = () => storage.database.read.selectFrom("deliveries").selectAll().execute();

  test("sends a due delivery and stores its attempt", async () => {
    await insert(1);
    await dispatcher.dispatch();
    await dispatcher.idle();
    expect(receiver.arrivals).toMatchObject([
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
    receiver.answer = answerWith(500);
    await insert(1);
    await dispatcher.dispatch();
    await dispatcher.idle();
    expect(await deliveries()).toMatchObject([
      { status: "pending", attempts: 1, next_attempt_at: now + 60_000, leased_until: null },
    ]);
  });

  test("claims as many deliveries of a webhook as it has slots, and leases them for the time-out and 20 seconds", async () => {
    receiver.answer = () => {};
    await insert(20);
    await dispatcher.dispatch();
    await receiver.arrived(16);
    expect(dispatcher.claimed).toBe(16);
    const leases = (await deliveries()).map((row) => row.leased_until);
    expect(leases.filter((lease) => lease !== null)).toEqual(Array(16).fill(now + 80_000));
    await dispatcher.dispatch();
    expect(dispatcher.claimed).toBe(16);
  });

  test("does not send a delivery twice whose lease ends while it is in flight", async () => {
    receiver.answer = () => {};
    await insert(1);
    await dispatcher.dispatch();
    await receiver.arrived(1);
    await storage.clock.advance(80_000);
    await dispatcher.dispatch();
    expect([dispatcher.claimed, receiver.arrivals.length]).toEqual([2, 1]);
  });

  test("keeps the lease of a delivery that cannot be signed", async () => {
    await storage.database.write((trx) => trx.updateTable("webhooks").set({ sealed_secret: "x" }).execute());
    await insert(1);
    await dispatcher.dispatch();
    await dispatcher.idle();
    expect(receiver.arrivals).toEqual([]);
    expect(await deliveries()).toMatchObject([{ attempts: 0, leased_until: now + 80_000 }]);
  });

  test("releases claims in flight when it stops, without counting an attempt, and claims nothing more", async () => {
    receiver.answer = () => {};
    await insert(1);
    await dispatcher.dispatch();
    await receiver.arrived(1);
    await dispatcher.stop(Promise.resolve());
    stopped = true;
    const released = { status: "pending", attempts: 0, next_attempt_at: now, leased_until: null };
    expect(await deliveries()).toMatchObject([released]);
    await dispatcher.dispatch();
    expect(await deliveries()).toMatchObject([released]);
  });

  test("waits for attempts that end in time when it stops", async () => {
    let finish = (): void => {};
    receiver.answer = (response, arrival) => {
      finish = () => answerWith(200)(response, arrival);
    };
    await insert(1);
    await dispatcher.dispatch();
    await receiver.arrived(1);
    const stop = dispatcher.stop(new Promise(() => {}));
    stopped = true;
    finish();
    await stop;
    await eventually(async () => (await deliveries())[0]?.status === "delivered");
  });
});
