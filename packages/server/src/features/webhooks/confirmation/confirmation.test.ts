import { createPublicKey, verify } from "node:crypto";
import { type CallManagement, errorBody, managementCaller } from "@latchkey/test-support/management-client";
import {
  type ReceivedDelivery,
  type Respond,
  respondWith,
  startWebhookReceiver,
  type WebhookReceiver,
} from "@latchkey/test-support/webhook-receiver";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../../testing/index.ts";
import { engines } from "../../../testing/test-database.ts";

const testEvent = "latchkey.webhook.test";
const unconfirmed = errorBody(
  "WEBHOOK_UNCONFIRMED",
  "The address of the webhook is not confirmed yet, so its events are kept; read its confirmation for the reason.",
  {
    reason: `The correctly signed ${testEvent} was not accepted. The endpoint responded with 404; only 200 counts under this policy.`,
  },
);

describe.each(engines)("FR-A8: with LATCHKEY_CONFIRM_WEBHOOKS on %s", (database) => {
  let platform: TestPlatform;
  let call: CallManagement;
  let receiver: WebhookReceiver;
  let appId: string;
  let webhooks: string;
  /** Responds as an endpoint that verifies signatures. */
  let verifying: Respond;

  beforeEach(async () => {
    platform = await createTestPlatform({
      ...{ database, confirmWebhooks: true, now: 1_767_323_045_678, refusedDeliveries: "allow" },
    });
    call = managementCaller(platform);
    receiver = await startWebhookReceiver();
    const app = await platform.createApp();
    appId = app.appId;
    webhooks = `/apps/${appId}/webhooks`;
    verifying = (response, { body }) =>
      void response.writeHead(isSigned(app.publicKey, body) ? 200 : 401).end();
    receiver.respond = verifying;
  });
  afterEach(async () => {
    await platform.close();
    await receiver.close();
  });

  const create = async (eventType = "AppInstalled", url = receiver.url) =>
    (await call(`POST ${webhooks}`, { body: { eventType, url } })).body;
  const read = async (webhookId: unknown) => (await call(`GET ${webhooks}/${webhookId}`)).body;
  const install = async () => await platform.install({ appId, siteId: (await platform.createSite()).siteId });
  const typesOf = (received: readonly ReceivedDelivery[]) => received.map(({ message }) => message.eventType);

  test("a new webhook gets its events after it has accepted a correct signature and refused a wrong one", async () => {
    receiver.respond = respondWith(503);
    const created = await create();
    expect(created).toMatchObject({ state: "unconfirmed", pauseReason: "unconfirmed" });
    await install();
    await platform.settled();
    expect(typesOf(receiver.received)).toEqual([testEvent]);
    expect(await read(created.webhookId)).toMatchObject({
      ...{ state: "unconfirmed", pending: 1 },
      confirmation: {
        state: "unconfirmed",
        reason: `The correctly signed ${testEvent} was not accepted. The endpoint responded with 503; only 200 counts under this policy.`,
        ...{ lastAttemptAt: "2026-01-02T03:04:05.678Z", nextAttemptAt: "2026-01-02T03:05:05.678Z" },
      },
    });

    receiver.respond = verifying;
    await platform.clock.advance("1m");
    await platform.settled();
    expect(typesOf(receiver.received)).toEqual([testEvent, testEvent, testEvent, "AppInstalled"]);
    expect(await read(created.webhookId)).toMatchObject({
      ...{ state: "active", pauseReason: null, pending: 0 },
      confirmation: { state: "confirmed", reason: null, nextAttemptAt: null },
    });
    const { items } = (await call(`GET /audit?appId=${appId}&limit=1`)).body;
    expect(items).toMatchObject([
      { action: "webhook.confirmed", actor: "system", details: { webhookId: created.webhookId } },
    ]);
  });

  test("an endpoint that accepts every signature gets no event", async () => {
    receiver.respond = respondWith(200);
    const { webhookId } = await create();
    await install();
    await platform.settled();
    expect(typesOf(receiver.received)).toEqual([testEvent, testEvent]);
    expect(await read(webhookId)).toMatchObject({
      ...{ state: "unconfirmed", pending: 1 },
      confirmation: {
        reason:
          "The endpoint responded with 200 to a wrong signature. It must verify signatures, and refuse wrong ones with another status, such as 401.",
      },
    });
  });

  test("a message with a wrong signature that gets no response confirms nothing", async () => {
    receiver.respond = (response, delivery) =>
      receiver.received.length === 1 ? verifying(response, delivery) : void response.destroy();
    const { webhookId } = await create();
    await platform.settled();
    expect((await read(webhookId)).confirmation).toMatchObject({
      state: "unconfirmed",
      reason:
        "A message with a wrong signature got no response. The endpoint closed the connection without a response (UND_ERR_SOCKET)",
    });
  });

  test("an app confirms an address once", async () => {
    await create("AppInstalled");
    await platform.settled();
    expect(await create("AppRemoved")).toMatchObject({
      ...{ state: "active", confirmation: { state: "confirmed" } },
    });
    await platform.settled();
    expect(receiver.received).toHaveLength(2);
  });

  test("a webhook whose address changes is confirmed again; its events are kept meanwhile", async () => {
    const { webhookId } = await create();
    await platform.settled();
    receiver.respond = respondWith(404);
    const body = { url: `${receiver.url}/other` };
    expect((await call(`PATCH ${webhooks}/${webhookId}`, { body })).body).toMatchObject({
      ...{ state: "unconfirmed", confirmation: { state: "unconfirmed", reason: null } },
    });
    await install();
    await platform.settled();
    expect(receiver.received.slice(2).map(({ path }) => path)).toEqual(["/other"]);
    expect((await read(webhookId)).pending).toBe(1);

    receiver.respond = verifying;
    await call(`PATCH ${webhooks}/${webhookId}`, { body: { url: receiver.url } });
    await platform.settled();
    expect(typesOf(receiver.received)).toEqual([
      ...[testEvent, testEvent, testEvent, testEvent, testEvent],
      "AppInstalled",
    ]);
    expect((await read(webhookId)).state).toBe("active");
  });

  test("a test requests the confirmation, and is sent after it", async () => {
    receiver.respond = respondWith(404);
    const { webhookId } = await create();
    await platform.settled();
    receiver.respond = verifying;
    const tested = await call(`POST ${webhooks}/${webhookId}/test`, { body: {} });
    expect([tested.status, tested.body.status]).toEqual([200, "pending"]);
    await platform.settled();
    expect(typesOf(receiver.received)).toEqual([testEvent, testEvent, testEvent, "AppInstalled"]);
  });

  test("an unconfirmed webhook cannot be resumed or replayed", async () => {
    receiver.respond = respondWith(404);
    const { webhookId } = await create();
    await platform.settled();
    for (const [path, body] of [
      ["resume", {}],
      ["replay", {}],
      ["replay", { resume: true }],
    ] as const) {
      const { body: error, status } = await call(`POST ${webhooks}/${webhookId}/${path}`, { body });
      expect([path, status, error]).toEqual([path, 409, unconfirmed]);
    }
  });

  test("a manual pause outlasts the confirmation", async () => {
    receiver.respond = respondWith(404);
    const { webhookId } = await create();
    await platform.settled();
    const paused = (await call(`POST ${webhooks}/${webhookId}/pause`)).body;
    expect(paused).toMatchObject({ state: "paused", pauseReason: "manual" });
    const resumed = (await call(`POST ${webhooks}/${webhookId}/resume`)).body;
    expect(resumed).toMatchObject({ state: "unconfirmed", confirmation: { state: "unconfirmed" } });
    await call(`POST ${webhooks}/${webhookId}/pause`);
    receiver.respond = verifying;
    await platform.clock.advance("1m");
    await platform.settled();
    expect(await read(webhookId)).toMatchObject({
      ...{ state: "paused", pauseReason: "manual", confirmation: { state: "confirmed" } },
    });
  });

  test("confirmations follow the schedule of the delivery policy, and then end", async () => {
    receiver.respond = respondWith(404);
    const { webhookId } = await create();
    await platform.settled();
    for (const delay of ["1m", "10m", "1h", "2h", "2h", "2h", "4h", "4h", "4h", "8h", "8h", "12h"]) {
      await platform.clock.advance(delay);
      await platform.settled();
    }
    expect(receiver.received).toHaveLength(13);
    expect((await read(webhookId)).confirmation).toMatchObject({ state: "unconfirmed", nextAttemptAt: null });
  });

  test("an app cannot direct more than 30 confirmations a minute at its addresses", async () => {
    receiver.respond = respondWith(404);
    for (let n = 0; n < 40; n += 1) await create("AppInstalled", `${receiver.url}/${n}`);
    await platform.settled();
    expect(receiver.received).toHaveLength(30);
    await platform.clock.advance("1m");
    await platform.settled();
    expect(receiver.received.length).toBeGreaterThan(30);
    expect(receiver.received.length).toBeLessThanOrEqual(60);
  });

  test("several apps cannot direct more than 30 confirmations a minute at one host", async () => {
    receiver.respond = respondWith(404);
    for (let n = 0; n < 2; n += 1) {
      webhooks = `/apps/${(await platform.createApp()).appId}/webhooks`;
      for (let m = 0; m < 20; m += 1) await create("AppInstalled", `${receiver.url}/${m}`);
    }
    await platform.settled();
    expect(receiver.received).toHaveLength(30);
  });
});

function isSigned(publicKey: string, jwt: string): boolean {
  const [header, claims, signature = ""] = jwt.split(".");
  const key = createPublicKey(publicKey);
  return verify("sha256", Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, "base64url"));
}
