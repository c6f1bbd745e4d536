import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { nodeHandler } from "@latchkey/sdk";
import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { managementCaller } from "@latchkey/test-support/management-client";
import express from "express";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createExpressApp } from "../../examples/webhook-receiver/express.ts";
import { createFastifyServer } from "../../examples/webhook-receiver/fastify.ts";
import { createHonoApp } from "../../examples/webhook-receiver/hono.ts";
import { createNodeServer } from "../../examples/webhook-receiver/node-http.ts";
import { createReceiver, type Receiver } from "../../examples/webhook-receiver/receiver.ts";

let platform: TestPlatform;
let call: ReturnType<typeof managementCaller>;
let app: Awaited<ReturnType<TestPlatform["createApp"]>>;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  platform = await createTestPlatform({ resources: [stores], seed: "webhook receiver" });
  call = managementCaller(platform);
});
afterAll(async () => {
  for (const close of closing) await close();
  await platform.close();
});

const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  return urlOf(server);
}

/** Each function starts an app and returns its URL. */
const frameworks: readonly (readonly [string, (receiver: Receiver) => Promise<string>])[] = [
  ["node:http", (receiver) => listen(createNodeServer(receiver))],
  ["Express", (receiver) => listen(createServer(createExpressApp(receiver)))],
  [
    "Fastify",
    async (receiver) => {
      const server = createFastifyServer(receiver);
      closing.push(() => server.close());
      return await server.listen({ port: 0, host: "127.0.0.1" });
    },
  ],
  [
    "Hono",
    (receiver) =>
      new Promise((resolve) => {
        const { fetch } = createHonoApp(receiver);
        const server = serve({ fetch, port: 0, hostname: "127.0.0.1" }, () =>
          resolve(urlOf(server as Server)),
        );
        closing.push(
          () => server.close(),
          () => (server as Server).closeAllConnections(),
        );
      }),
  ],
];

async function subscribed(url: string): Promise<void> {
  for (const eventType of ["AppInstalled", "AppRemoved", "com.wix.ecommerce.catalog.api.v1.ProductCreated"]) {
    const body = { eventType, url: `${url}/webhooks` };
    expect((await call(`POST /apps/${app.appId}/webhooks`, { body })).status).toBe(200);
  }
}

describe.each(frameworks)("the app behind %s", (_name, start) => {
  test("tracks its instances, and reads created products", async () => {
    app = await platform.createApp({ scopes: ["SCOPE.DC-STORES.MANAGE-PRODUCTS"] });
    const receiver = createReceiver({
      ...{ LATCHKEY_URL: platform.url, APP_ID: app.appId, APP_SECRET: app.secret.value },
    });
    await subscribed(await start(receiver));
    const sites = [await platform.createSite(), await platform.createSite()];
    const installed = [];
    for (const { siteId } of sites) installed.push(await platform.install({ appId: app.appId, siteId }));
    await platform.settled();
    const [first, second] = installed.map(({ instanceId }) => instanceId);
    expect(receiver.instances.list()).toEqual([first, second].sort());

    const { products } = receiver.app.instance(first ?? "");
    await products.createProduct({ name: "Huila", productType: "physical", priceData: { price: 9 } });
    await platform.settled();
    expect(receiver.newProducts).toEqual(["Huila"]);

    await platform.remove(second ?? "");
    await platform.settled();
    expect(receiver.instances.list()).toEqual([first]);
  });
});

describe("an app that parses the body first", () => {
  test.each([
    ["express.json for every type", () => express.json({ type: () => true, strict: false })],
    ["express.raw, which leaves the bytes", () => express.raw({ type: () => true })],
    ["express.text", () => express.text({ type: () => true })],
  ])("%s", async (name, parser) => {
    app = await platform.createApp();
    const receiver = createReceiver({
      ...{ LATCHKEY_URL: platform.url, APP_ID: app.appId, APP_SECRET: app.secret.value },
    });
    const server = express()
      .use(parser())
      .post("/webhooks", nodeHandler(receiver.app.fetch))
      .use((error: Error, _request: unknown, response: express.Response, _next: unknown) => {
        response.status(400).json({ error: error.message });
      });
    const url = await listen(createServer(server));
    await subscribed(url);
    await platform.install({ appId: app.appId, siteId: (await platform.createSite()).siteId });
    const parsesJson = name.includes("json");
    if (parsesJson)
      await expect(platform.settled()).rejects.toThrow(/AppInstalled to .+: 400 .+not valid JSON/);
    else await platform.settled();
    expect(receiver.instances.list()).toHaveLength(parsesJson ? 0 : 1);
  });

  test("returns advice when the parsed body is an object", async () => {
    const receiver = createReceiver({ LATCHKEY_URL: platform.url, APP_ID: "app", APP_SECRET: "secret" });
    const server = express().use(express.json()).post("/", nodeHandler(receiver.app.fetch));
    const url = await listen(createServer(server));
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"eventType":"AppInstalled"}',
    });
    const { error, error_description: text } = (await response.json()) as Record<string, string>;
    expect([response.status, error]).toEqual([400, "body_already_read"]);
    expect(text).toContain("in Express use express.text(");
  });
});
