import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { type CallManagement, managementCaller } from "@latchkey/test-support/management-client";
import { eventually } from "@latchkey/test-support/webhook-receiver";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { freePort } from "../../tools/free-port.ts";
import { findOrInstall } from "../../tools/proxies/find-program.ts";

// Webhooks of the format `json`, received by libraries of Standard Webhooks, and by Python without a library. The platform
// confirms each address: the receiver accepts the correct signature and refuses a wrong one.

let platform: TestPlatform;
let call: CallManagement;
let appId: string;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  platform = await createTestPlatform({ confirmWebhooks: true });
  call = managementCaller(platform);
  appId = (await platform.createApp()).appId;
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
afterAll(() => platform.close());

async function subscribe(url: string): Promise<{ webhookId: string; signingSecret: string }> {
  const body = { eventType: "AppInstalled", url, format: "json" };
  const created = (await call(`POST /apps/${appId}/webhooks`, { body })).body;
  closing.push(() => call(`DELETE /apps/${appId}/webhooks/${created.webhookId}`));
  return { webhookId: String(created.webhookId), signingSecret: String(created.signingSecret) };
}

async function confirmed(webhookId: string): Promise<unknown> {
  await platform.settled();
  return (await call(`GET /apps/${appId}/webhooks/${webhookId}`)).body.confirmation;
}

type Verify = (secret: string, body: string, headers: Record<string, string>) => unknown;

test.each<[string, Verify]>([
  ["standardwebhooks", (secret, body, headers) => new StandardWebhook(secret).verify(body, headers)],
  [
    "svix, which does not parse,",
    (secret, body, headers) => {
      new SvixWebhook(secret).verify(body, headers);
      return JSON.parse(body);
    },
  ],
])("FR-F6: %s verifies a webhook", async (_, verify) => {
  const events: unknown[] = [];
  const created = Promise.withResolvers<string>();
  const server = createServer(async (request, response) => {
    try {
      const headers = request.headers as Record<string, string>;
      events.push(verify(await created.promise, await text(request), headers));
      response.end();
    } catch {
      response.writeHead(401).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  const { signingSecret, webhookId } = await subscribe(
    `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  );
  created.resolve(signingSecret);
  expect(await confirmed(webhookId)).toMatchObject({ state: "confirmed" });
  const { siteId } = await platform.createSite();
  const { instanceId } = await platform.install({ appId, siteId });
  await platform.settled();
  expect(events).toEqual([
    expect.objectContaining({ type: "latchkey.webhook.test", instanceId: null, data: {} }),
    {
      ...{ type: "AppInstalled", timestamp: new Date(platform.clock.now()).toISOString() },
      ...{ appId, instanceId, sequence: 1, webhookId, identity: null },
      data: { appId, originInstanceId: null },
    },
  ]);
});

test("FR-F6: Python verifies a webhook with its standard library", async () => {
  const port = await freePort();
  const { signingSecret, webhookId } = await subscribe(`http://127.0.0.1:${port}`);
  const output = startPython({ PORT: String(port), WEBHOOK_SECRET: signingSecret });
  await eventually(
    async () => (await fetch(`http://127.0.0.1:${port}`).catch(() => undefined)) !== undefined,
  );
  await call(`POST /apps/${appId}/webhooks/${webhookId}/test`);
  expect(await confirmed(webhookId)).toMatchObject({ state: "confirmed" });
  const { siteId } = await platform.createSite();
  const { instanceId } = await platform.install({ appId, siteId });
  await platform.settled();
  await eventually(() => output().includes(instanceId));
  expect(output()).toContain(`AppInstalled ${instanceId} {"appId": "${appId}", "originInstanceId": null}\n`);
});

function startPython(environment: Readonly<Record<string, string>>): () => string {
  const program = join(import.meta.dirname, "../../examples/webhook-receiver/receiver.py");
  const child: ChildProcess = spawn(findOrInstall("python3"), [program], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  closing.push(() => child.kill());
  let output = "";
  child.stdout?.on("data", (chunk) => {
    output += String(chunk);
  });
  return () => output;
}
