import { readFileSync } from "node:fs";
import { managementCaller } from "@latchkey/test-support/management-client";
import { type Respond, respondWith, startWebhookReceiver } from "@latchkey/test-support/webhook-receiver";
import { expect, onTestFinished, test } from "vitest";
import { createTestPlatform, type TestPlatformOptions } from "../index.ts";
import { testKitErrorCodes } from "../kit-error.ts";
import { engines } from "../test-database.ts";

const allow =
  'A test that expects this gives refusedDeliveries: "allow" to createTestPlatform, or catches this error of settled().';

/** Starts a platform with an app that receives `AppInstalled`. */
async function start(options: TestPlatformOptions = {}) {
  const receiver = await startWebhookReceiver();
  const platform = await createTestPlatform(options);
  onTestFinished(() => receiver.close());
  const { appId } = await platform.createApp();
  const url = `${receiver.url}/hooks`;
  const body = { eventType: "AppInstalled", url };
  await managementCaller(platform)(`POST /apps/${appId}/webhooks`, { body });
  const install = async () => {
    const { siteId } = await platform.createSite();
    await platform.install({ appId, siteId });
  };
  return { platform, receiver, url, install };
}

const answerText =
  (status: number, body: string): Respond =>
  (response) =>
    void response.writeHead(status).end(body);

test.each(engines)(
  "FR-D1: settled() reports a refused delivery once, and close() does not repeat it, on %s",
  async (database) => {
    const { install, platform, receiver, url } = await start({ database });
    receiver.respond = answerText(401, '{"error":"invalid_delivery",\n "reason":"expired"}');
    await install();
    await expect(platform.settled()).rejects.toMatchObject({
      name: "TestKitError",
      code: "deliveries_refused",
      message: [
        "The app did not accept a delivery:",
        `  AppInstalled to ${url}: 401 {"error":"invalid_delivery", "reason":"expired"}`,
        "It has expired by the app's clock: give createApp the platform's, clock: platform.clock; for @wix/sdk set a fake Date to platform.clock.now().",
        allow,
      ].join("\n"),
    });
    await platform.settled();
    await platform.close();
  },
);

test.each([
  [
    '{"error":"invalid_delivery","reason":"bad_signature"}',
    "give the app the publicKey that platform.createApp() returned",
  ],
  [
    '{"error":"invalid_delivery","reason":"wrong_issuer"}',
    "give it apiUrl: platform.url, and no other issuer",
  ],
  [
    '{"error":"invalid_delivery","reason":"wrong_audience"}',
    "give the app the appId that platform.createApp() returned",
  ],
  ['JWTExpired: "exp" claim timestamp check failed', "for @wix/sdk set a fake Date to platform.clock.now()"],
])("FR-D1: the report of %j says what helps", async (body, remedy) => {
  const { install, platform, receiver } = await start();
  receiver.respond = answerText(500, body);
  await install();
  await expect(platform.settled()).rejects.toThrow(remedy);
  await platform.close();
});

test("FR-D1: close() reports refused deliveries that no settled() has reported, after it has stopped the platform", async () => {
  const { install, platform, receiver, url } = await start();
  receiver.respond = respondWith(403);
  await install();
  await platform.platform.settled();
  await expect(platform.close()).rejects.toMatchObject({
    code: "deliveries_refused",
    message: `The app did not accept a delivery:\n  AppInstalled to ${url}: 403\n${allow}`,
  });
  await expect(fetch(`${platform.url}/healthz`)).rejects.toThrow("fetch failed");
});

test("FR-D1: a delivery that a later attempt got accepted is not reported", async () => {
  const { install, platform, receiver } = await start();
  receiver.respond = respondWith(500);
  await install();
  await receiver.waitFor(1);
  await platform.platform.settled();
  receiver.respond = respondWith(200);
  await platform.clock.advance("1h");
  await platform.settled();
  expect(receiver.received).toHaveLength(2);
  await platform.close();
});

test("FR-D1: each rejected attempt is reported, with its number from the second on", async () => {
  const { install, platform, receiver, url } = await start();
  receiver.respond = respondWith(500);
  await install();
  await expect(platform.settled()).rejects.toThrow(`AppInstalled to ${url}: 500`);
  await platform.clock.advance("1m");
  await expect(platform.settled()).rejects.toThrow(`AppInstalled to ${url}, attempt 2: 500`);
  await platform.close();
});

test("FR-D1: settled() reports an app that is not reached, and close() does not: it may have been stopped first", async () => {
  const { install, platform, receiver } = await start();
  await receiver.close();
  await install();
  await expect(platform.settled()).rejects.toThrow(
    /AppInstalled to http:\/\/127\.0\.0\.1:\d+\/hooks: connect: The connection was refused .+\nStart the app's server before the event/,
  );
  await install();
  await platform.platform.settled();
  await platform.close();
});

test("FR-D1: settled() reports an app that does not respond in time", async () => {
  const { install, platform, receiver, url } = await start({ deliveryTimeoutMs: 50 });
  receiver.respond = () => {};
  await install();
  await expect(platform.settled()).rejects.toThrow(`AppInstalled to ${url}: timeout`);
  await platform.close();
});

test("FR-D1: the report shows ten deliveries and the beginning of each response", async () => {
  const { install, platform, receiver, url } = await start();
  receiver.respond = answerText(500, "x".repeat(5_000));
  for (let count = 0; count < 12; count += 1) await install();
  const report = await platform.settled().catch((error: Error) => error.message.split("\n"));
  const line = `  AppInstalled to ${url}: 500 ${"x".repeat(200)}`;
  expect(report).toEqual([
    "The app did not accept 12 deliveries:",
    ...Array(10).fill(line),
    "  and 2 more",
    allow,
  ]);
  await platform.close();
});

test('FR-D1: refusedDeliveries: "allow" reports nothing', async () => {
  const { install, platform, receiver } = await start({ refusedDeliveries: "allow" });
  receiver.respond = respondWith(500);
  await install();
  await platform.settled();
  expect(receiver.received).toHaveLength(1);
  await platform.close();
});

test("the document has every error of the test kit, and no other", () => {
  const document = readFileSync(new URL("../../../../../docs/reference/errors.md", import.meta.url), "utf8");
  const part = document.split(/^## /m).find((one) => one.startsWith("Errors of the test kit\n")) ?? "";
  expect([...part.matchAll(/^### (\w+)$/gm)].map(([, code]) => code)).toEqual([...testKitErrorCodes]);
});
