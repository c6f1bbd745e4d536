import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { startWebhookReceiver, type WebhookReceiver } from "@latchkey/test-support/webhook-receiver";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { childFlags } from "../../../../tools/test/responses/child-process.ts";
import { createTestPlatform, type TestPlatform } from "./index.ts";

let platform: TestPlatform;
let receiver: WebhookReceiver;
let app: { appId: string; siteId: string; instanceId: string };

beforeAll(async () => {
  receiver = await startWebhookReceiver();
  platform = await createTestPlatform({ refusedDeliveries: "allow" });
  const { appId } = await platform.createApp();
  const { siteId } = await platform.createSite();
  app = await platform.install({ appId, siteId });
  await platform.createEventType({ eventType: "BookingCreated" });
});
afterAll(async () => {
  await platform.close();
  await receiver.close();
});

test('logLevel: "debug" prints the requests, with the reason of each refusal', async () => {
  const script = `
    import { createTestPlatform } from "@latchkey/server/testing";
    const platform = await createTestPlatform({ logLevel: "debug" });
    const { appId } = await platform.createApp();
    const { siteId } = await platform.createSite();
    const app = await platform.install({ appId, siteId });
    await platform.remove(app.instanceId);
    await platform.token(app).catch(() => {});
    await platform.close();`;
  const flags = [...childFlags(), "--input-type=module", "-e", script];
  const { stdout } = await promisify(execFile)(process.execPath, flags, { cwd: import.meta.dirname });
  expect(stdout).toMatch(
    /^\d\d:\d\d:\d\d {2}POST \/oauth2\/token {2}404 {2}\d+ ms {2}instance removed: .+ app [0-9a-f-]{36} {2}request [0-9a-f-]{36}$/m,
  );
});

describe("credentials", () => {
  test("token() returns a token that the platform accepts", async () => {
    const authorization = `Bearer ${await platform.token(app)}`;
    const response = await fetch(`${platform.url}/apps/v1/instance`, { headers: { authorization } });
    expect([response.status, await response.json()]).toMatchObject([
      200,
      { instance: { instanceId: app.instanceId } },
    ]);
  });

  test("token() works while the test has replaced fetch", async () => {
    const { fetch } = globalThis;
    globalThis.fetch = () => Promise.reject(new Error("No network in tests."));
    try {
      expect(await platform.token(app)).toMatch(/^eyJ/);
    } finally {
      globalThis.fetch = fetch;
    }
  });

  test("token() says why it got none, without the secret", async () => {
    await expect(platform.token({ ...app, secret: "a-wrong-secret-of-the-app" })).rejects.toMatchObject({
      name: "TestKitError",
      code: "token_refused",
      message: expect.stringMatching(/^The token endpoint responded with 401 (?!.*a-wrong).*invalid_client/),
    });
    await expect(platform.token({ appId: app.appId } as typeof app)).rejects.toMatchObject({
      code: "invalid_option",
      message: "token takes { appId, instanceId }, as install() returns it.",
    });
    await expect(platform.token({ ...app, appId: app.siteId })).rejects.toMatchObject({
      code: "APP_NOT_FOUND",
    });
  });

  test("env() has what a child process needs to act as the instance", async () => {
    const env = await platform.env(app);
    const publicKey = await platform.publicKey(app.appId);
    expect(publicKey).toMatch(/^-----BEGIN PUBLIC KEY-----/);
    expect(env).toEqual({
      LATCHKEY_URL: platform.url,
      APP_ID: app.appId,
      APP_SECRET: expect.stringMatching(/^lks_/),
      APP_PUBLIC_KEY: Buffer.from(publicKey).toString("base64"),
      INSTANCE_ID: app.instanceId,
      WIX_CLIENT_ID: app.appId,
      WIX_CLIENT_SECRET: env.APP_SECRET,
      WIX_CLIENT_PUBLIC_KEY: env.APP_PUBLIC_KEY,
      WIX_CLIENT_INSTANCE_ID: app.instanceId,
    });
    const script = `
      import { httpClient } from "@latchkey/sdk/essentials";
      const response = await httpClient.fetchWithAuth("/apps/v1/instance");
      console.log((await response.json()).instance.instanceId);`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...childFlags(), "--input-type=module", "-e", script],
      { cwd: import.meta.dirname, env: { ...process.env, ...env } },
    );
    expect(stdout.trim()).toBe(app.instanceId);
  });

  test("FR-D12: env() replaces the demo's variables of the shell, as the guide says", async () => {
    const script = `
      Object.assign(process.env, JSON.parse(process.argv[1]));
      const { httpClient } = await import("@latchkey/sdk/essentials");
      const response = await httpClient.fetchWithAuth("/apps/v1/instance");
      console.log((await response.json()).instance.instanceId);`;
    const demo = { LATCHKEY_URL: "http://127.0.0.1:9", APP_ID: app.siteId, INSTANCE_ID: app.siteId };
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...childFlags(), "--input-type=module", "-e", script, JSON.stringify(await platform.env(app))],
      { cwd: import.meta.dirname, env: { ...process.env, ...demo } },
    );
    expect(stdout.trim()).toBe(app.instanceId);
  });

  test("rotateKeys() signs with another key, and tokens of the old one stay valid", async () => {
    const kidOf = (token: string) =>
      JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString()).kid;
    const before = await platform.token(app);
    const { kid } = await platform.rotateKeys();
    expect(kidOf(before)).not.toBe(kid);
    expect(kidOf(await platform.token(app))).toBe(kid);
    const headers = { authorization: `Bearer ${before}` };
    expect((await fetch(`${platform.url}/apps/v1/instance`, { headers })).status).toBe(200);
  });
});

describe("deliveries", () => {
  test("delivery() waits, and has payload, attempts and responses", async () => {
    await expect(platform.delivery({ appId: app.appId, eventType: "BookingCreated" })).rejects.toMatchObject({
      code: "delivery_not_found",
      message: [
        `There is no delivery with appId ${app.appId}, eventType BookingCreated.`,
        "No event was sent to any webhook.",
        "The app has no webhook for BookingCreated: call createWebhook before the event.",
      ].join("\n"),
    });
    const webhook = { appId: app.appId, eventType: "BookingCreated", url: receiver.url };
    expect(await platform.createWebhook(webhook)).toMatchObject({
      webhookId: expect.any(String),
      signingSecret: expect.stringMatching(/^whsec_/),
    });
    const { eventId } = await platform.publish({
      siteId: app.siteId,
      eventType: "BookingCreated",
      payload: { seats: 2 },
    });
    expect(await platform.delivery({ eventType: "BookingCreated" })).toMatchObject({
      ...{ eventId, appId: app.appId, instanceId: app.instanceId, status: "delivered", attempts: 1 },
      payload: { seats: 2 },
      log: [{ attempt: 1, outcome: "delivered", status: 200, response: "" }],
    });
  });

  test("deliveries() lists the oldest first, and delivery() names those that there are", async () => {
    await platform.publish({ siteId: app.siteId, eventType: "BookingCreated" });
    const all = await platform.deliveries({ eventType: "BookingCreated" });
    expect(all.map(({ payload }) => payload)).toEqual([{ seats: 2 }, {}]);
    const shown = `  BookingCreated to instance ${app.instanceId}: delivered after 1 attempt`;
    await expect(platform.delivery({ eventType: "BookingCreated" })).rejects.toMatchObject({
      message: [
        "There are 2 deliveries with eventType BookingCreated.",
        "The deliveries are:",
        shown,
        shown,
      ].join("\n"),
    });
    await expect(platform.delivery({ eventType: "AppRemoved" })).rejects.toThrow(
      `There is no delivery with eventType AppRemoved.\nThe deliveries are:\n${shown}`,
    );
  });

  test("the methods refuse unknown filters and invalid fields", async () => {
    await expect(platform.deliveries({ type: "AppInstalled" } as object)).rejects.toMatchObject({
      code: "invalid_option",
      message: 'deliveries has no option "type". It takes appId, instanceId, webhookId, eventType, status.',
    });
    await expect(
      platform.createWebhook({ appId: app.appId, eventType: "AppInstalled", url: "localhost:3000" }),
    ).rejects.toMatchObject({ code: "invalid_option", message: expect.stringContaining(": url must ") });
    await expect(platform.publish({ siteId: app.siteId, eventType: "Nothing" })).rejects.toMatchObject({
      code: "EVENT_TYPE_NOT_FOUND",
      message: "POST /events: There is no event type of this name; GET /admin/v1/event-types lists them.",
    });
    await expect(platform.manage("/apps")).rejects.toMatchObject({
      message: 'manage takes a method and a path below /admin/v1, such as "POST /event-types".',
    });
  });
});

test("serve() takes a listener of node:http, such as an app of Express", async () => {
  const url = await platform.serve((request: IncomingMessage, response: ServerResponse) => {
    response.end(`hello ${request.url}`);
  });
  expect(await (await fetch(`${url}/ada`)).text()).toBe("hello /ada");
});

test("env() of an app has its credentials and no instance", async () => {
  const app = await platform.createApp();
  const env = await platform.env(app);
  expect(env).toMatchObject({ APP_ID: app.appId, APP_SECRET: app.secret.value, WIX_CLIENT_ID: app.appId });
  expect(env).not.toHaveProperty("INSTANCE_ID");
});

test("createApp() says which resource a scope needs", async () => {
  await expect(platform.createApp({ scopes: ["SCOPE.NOT.HERE"] })).rejects.toMatchObject({
    code: "invalid_option",
    message:
      "createApp: scopes[0] is not the id of a scope of this platform. Give createTestPlatform the resource that has the scope, such as { resources: [stores] }.",
  });
});

test("serve() responds 500 with the text of an error, which the delivery then has", async () => {
  const url = await platform.serve(() => Promise.reject(new Error("The webhook is not valid.")));
  await platform.createEventType({ eventType: "BookingCanceled" });
  await platform.createWebhook({ appId: app.appId, eventType: "BookingCanceled", url });
  await platform.publish({ siteId: app.siteId, eventType: "BookingCanceled" });
  expect(await platform.delivery({ eventType: "BookingCanceled" })).toMatchObject({
    status: "pending",
    log: [{ outcome: "wrong_status", status: 500, response: "Error: The webhook is not valid." }],
  });
});

test("a webhook has the format json, and its signature is corrupted too", async () => {
  const received: { body: string; id: string; sentAt: string; signature: string }[] = [];
  const url = await platform.serve(async (request) => {
    const [id = "", sentAt = "", signature = ""] = ["id", "timestamp", "signature"].map(
      (name) => request.headers.get(`webhook-${name}`) ?? "",
    );
    received.push({ body: await request.text(), id, sentAt, signature });
    return new Response();
  });
  await platform.createEventType({ eventType: "BookingMoved" });
  const webhook = { appId: app.appId, eventType: "BookingMoved", url, format: "json" } as const;
  const { signingSecret } = await platform.createWebhook(webhook);
  const isRight = ({ body, id, sentAt, signature }: (typeof received)[number]) => {
    const key = Buffer.from(signingSecret.slice("whsec_".length), "base64");
    return signature === `v1,${createHmac("sha256", key).update(`${id}.${sentAt}.${body}`).digest("base64")}`;
  };
  await platform.faults.add({ target: "delivery", corruptSignature: true, times: 1, appId: app.appId });
  for (const day of [1, 2]) {
    await platform.publish({ siteId: app.siteId, eventType: "BookingMoved", payload: { day } });
    await platform.settled();
  }
  expect(received.map(({ body }) => JSON.parse(body).type)).toEqual(["BookingMoved", "BookingMoved"]);
  expect(received.map(isRight)).toEqual([false, true]);
});

test("callPlugin() returns what the app returns", async () => {
  const baseUri = await platform.serve(() => Response.json({ shippingRates: [] }));
  await platform.createExtension({
    ...{ appId: app.appId, kind: "SERVICE_PLUGIN", componentType: "ECOM_SHIPPING_RATES" },
    baseUri,
  });
  const { results } = await platform.callPlugin({
    ...{
      siteId: app.siteId,
      componentType: "ECOM_SHIPPING_RATES",
      method: "getShippingRates",
      request: { lineItems: [{ quantity: 1 }] },
    },
  });
  expect(results).toMatchObject([
    { appId: app.appId, instanceId: app.instanceId, response: { shippingRates: [] } },
  ]);
});

test("openPage() signs the instance parameter", async () => {
  const { appId, instanceId } = app;
  const { extensionId } = await platform.createExtension({
    ...{ appId, kind: "IFRAME_PAGE", url: "http://127.0.0.1:3000/page" },
  });
  const { url } = await platform.openPage({ instanceId, extensionId });
  const [, payload = ""] = new URL(url).searchParams.get("instance")?.split(".") ?? [];
  expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toMatchObject({
    instanceId,
    appDefId: appId,
  });
});

test("await using stops the platform, and close() may be called before", async () => {
  let url: string;
  let app: string;
  {
    await using used = await createTestPlatform();
    ({ url } = used);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    app = await used.serve(() => new Response("ok"));
    expect((await fetch(app)).status).toBe(200);
    await used.close();
  }
  await expect(fetch(app)).rejects.toThrow("fetch failed");
  await expect(fetch(`${url}/healthz`)).rejects.toThrow("fetch failed");
});
