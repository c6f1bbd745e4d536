import { createHmac } from "node:crypto";
import { createApp as createSdkApp } from "@latchkey/sdk";
import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { type CallManagement, managementCaller } from "@latchkey/test-support/management-client";
import {
  eventually,
  type ReceivedDelivery,
  respondWith,
  startWebhookReceiver,
  type WebhookReceiver,
} from "@latchkey/test-support/webhook-receiver";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { findBarriers, findOverflow, startChromium } from "../browser/chromium.ts";
import { signInOnPage, visit } from "./dashboard-visit.ts";
import { startShippingRates } from "./local-plugin.ts";
import { holdHalfWay, seedDeliveries } from "./seeded-deliveries.ts";

const operator = { email: "demo@example.com", password: "the password of the demo" };
let platform: TestPlatform;
let call: CallManagement;
let browser: Browser;
let receiver: WebhookReceiver;

beforeAll(async () => {
  receiver = await startWebhookReceiver();
  platform = await createTestPlatform({ refusedDeliveries: "allow", deliveryTimeoutMs: 600_000 });
  call = managementCaller(platform);
  const flags = { isDeveloper: true, isOperator: true };
  await call("POST /accounts", { body: { ...operator, ...flags, name: "Demo" } });
  await call("POST /event-types", { body: { eventType: "BookingCreated", description: "A new booking" } });
  browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
  await receiver?.close();
  await platform?.close();
});
beforeEach(() => {
  receiver.respond = respondWith(200);
});

/** An app on a site, and a person on a page of the app. */
async function visitApp(path: string, look?: Parameters<typeof visit>[1]) {
  const app = await platform.createApp({ name: "Loyalty Points" });
  const { appId } = app;
  const { siteId } = await platform.createSite({ name: "Corner Shop" });
  const { instanceId } = await platform.install({ appId, siteId });
  const person = await visit(browser, look);
  await signInOnPage(person, platform, operator);
  const open = (below: string) => person.page.goto(`${platform.url}/dashboard/apps/${appId}/${below}`);
  await open(path);
  const publish = async (payload: object = {}) =>
    (await call("POST /events", { body: { siteId, eventType: "BookingCreated", payload } })).body.eventId;
  const subscribe = async (url: string) =>
    String(
      (await call(`POST /apps/${appId}/webhooks`, { body: { eventType: "BookingCreated", url } })).body
        .webhookId,
    );
  return { ...person, app, appId, siteId, instanceId, open, publish, subscribe };
}

const confirm = async (page: Page, label: string) => {
  await page.getByRole("button", { name: label, exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: label, exact: true }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
};

/** The Standard Webhooks signature of a request. */
function signatureOf({ body, headers }: ReceivedDelivery, secret: string): string {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const text = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  return `v1,${createHmac("sha256", key).update(text).digest("base64")}`;
}

const lastReceived = (path: string) =>
  receiver.received.findLast((delivery) => delivery.path === path) as ReceivedDelivery;

test("a webhook of the dashboard sends events that the copied secret verifies, until it is deleted", async () => {
  const person = await visitApp("webhooks");
  const { app, appId, complaints, copy, instanceId, page, publish } = person;
  await page.getByText("No webhooks yet").waitFor();
  await page.getByLabel("Event type").fill("BookingCreated");
  await page.getByLabel("URL").fill("https://10.0.0.1/hooks");
  await page.getByRole("button", { name: "Create the webhook" }).click();
  await page.getByText("is not a public address").waitFor();
  expect(await page.getByLabel("URL").getAttribute("aria-invalid")).toBe("true");
  expect((await call(`GET /apps/${appId}/webhooks`)).body.items).toEqual([]);

  const path = "/created";
  await page.getByLabel("URL").fill(receiver.url + path);
  await page.getByRole("button", { name: "Create the webhook" }).click();
  const secret = await copy("Signing secret");
  await publish({ seats: 2 });
  await eventually(() => receiver.received.some((delivery) => delivery.path === path));
  const delivery = lastReceived(path);
  expect(delivery.headers["webhook-signature"]).toBe(signatureOf(delivery, secret));
  const { clock, url: apiUrl } = platform;
  const sdk = createSdkApp({ appId, publicKey: app.publicKey, apiUrl, clock });
  const init = { method: "POST", body: delivery.body, headers: delivery.headers };
  expect(await sdk.authenticate.webhook(new Request(receiver.url + path, init))).toMatchObject({
    ...{ eventType: "BookingCreated", instanceId, payload: { seats: 2 } },
  });

  await page.getByRole("region", { name: "Webhooks" }).getByRole("link", { name: "BookingCreated" }).click();
  await page.getByText("Every event has been sent.").waitFor();
  await page.getByRole("button", { name: "Send a test event" }).click();
  await page.getByRole("status", { name: "Result of the test" }).getByText("Delivered").waitFor();
  await confirm(page, "Rotate the secret");
  const next = await copy("Signing secret");
  expect(next).not.toBe(secret);
  await page.getByText("The previous secret also signs until").waitFor();
  await publish({ seats: 3 });
  await eventually(() => lastReceived(path).payload.seats === 3);
  const rotated = lastReceived(path);
  expect(rotated.headers["webhook-signature"]).toBe(
    `${signatureOf(rotated, next)} ${signatureOf(rotated, secret)}`,
  );

  const { webhookId } = (await call(`GET /apps/${appId}/webhooks`)).body.items[0] as { webhookId?: string };
  await page.getByLabel("URL of the webhook").fill(`${receiver.url}/mine`);
  await call(`PATCH /apps/${appId}/webhooks/${webhookId}`, { body: { url: `${receiver.url}/theirs` } });
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("alert").getByText(`${receiver.url}/theirs`).waitFor();
  await page.getByRole("button", { name: "Save mine instead" }).click();
  await page.getByRole("alert").waitFor({ state: "detached" });
  await publish({ seats: 4 });
  await eventually(() => lastReceived("/mine")?.payload.seats === 4);
  await confirm(page, "Delete");
  await page.getByText("No webhooks yet").waitFor();
  expect(complaints).toEqual([]);
});

test("a failed delivery is found with its response, and resent; a paused webhook loses nothing", async () => {
  const { appId, complaints, copy, instanceId, open, page, publish, subscribe } =
    await visitApp("webhooks/deliveries");
  await page.getByText("No deliveries yet").waitFor();
  const webhookId = await subscribe(`${receiver.url}/hooks`);
  receiver.respond = (response) => response.writeHead(503, { "content-type": "text/plain" }).end("No seats");
  const eventId = await publish({ seats: 5 });
  const list = page.getByRole("region", { name: "Deliveries" });
  // Without reload.
  await list.getByRole("row", { name: "503" }).waitFor();
  await page.getByLabel("HTTP status").fill("404");
  await page.getByText("No delivery matches the filter").waitFor();
  expect(page.url()).toContain("httpStatus=404");
  await page.goBack();
  await open(
    `webhooks/deliveries?httpStatus=503&instanceId=${instanceId}&webhookId=${webhookId}&eventId=${eventId}`,
  );
  await list.getByRole("link", { name: "BookingCreated" }).click();
  await page.getByText("The next attempt is due").waitFor();
  const attempt = page.getByRole("region", { name: "Attempt 1" });
  await attempt.getByText("Wrong status (503)").waitFor();
  await attempt.getByText(`webhook-id: ${eventId}`).waitFor();
  expect(await copy("Response of attempt 1")).toBe("No seats");
  expect(await copy("Event ID")).toBe(eventId);
  expect(JSON.parse(await copy("Payload"))).toEqual({ seats: 5 });
  const command = await copy("Unsigned request");
  expect(command).toContain(`curl -i -X POST '${receiver.url}/hooks'`);
  expect(command).toContain(`--data-binary '{"seats":5}'`);
  receiver.respond = respondWith(200);
  await confirm(page, "Resend");
  await page.getByRole("region", { name: "Attempt 2" }).getByText("Delivered (200)").waitFor();
  await page.getByText("Delivered", { exact: true }).first().waitFor();

  await open(`webhooks/${webhookId}`);
  await confirm(page, "Pause");
  await page.getByText("Paused, nothing lost").waitFor();
  const before = receiver.received.length;
  const held = [await publish({ seats: 6 }), await publish({ seats: 7 })];
  await page.getByText("2 deliveries wait").waitFor();
  expect(receiver.received).toHaveLength(before);
  await confirm(page, "Resume");
  await page.getByText("Every event has been sent.").waitFor();
  expect(receiver.received.slice(before).map(({ claims }) => claims.event_id)).toEqual(held);

  await page.getByLabel("Delivered").check();
  await page.getByRole("button", { name: "Replay" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("3 selected").waitFor();
  await dialog.getByRole("button", { name: "Replay" }).click();
  await dialog.getByText("Done: 3 of 3").waitFor();
  await eventually(() => receiver.received.length === before + 5);
  expect((await call(`GET /deliveries?appId=${appId}`)).body.items).toHaveLength(3);
  expect(complaints).toEqual([]);
});

test("resending 5,000 deliveries by filter is canceled half-way; the list of 10,000 reads pages of 100", async () => {
  const { instanceId, open, page, publish, shoot, subscribe } = await visitApp("webhooks");
  const webhookId = await subscribe(`${receiver.url}/many`);
  receiver.respond = respondWith(500);
  await publish();
  await platform.settled();
  await seedDeliveries(platform, { webhookId, failed: 5_000, delivered: 5_000 });
  // The endpoint holds every request, so what is resent is not attempted again meanwhile.
  const letGo = holdResponses();
  const limits = new Set<string | null>();
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.pathname === "/admin/v1/deliveries") limits.add(url.searchParams.get("limit"));
  });
  await open(`webhooks/deliveries?instanceId=${instanceId}`);
  const list = page.getByRole("region", { name: "Deliveries" });
  let last = 0;
  while (last < 500) {
    await list.evaluate((element) => element.scrollBy(0, element.clientHeight));
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    expect(await list.getByRole("row").count()).toBeLessThan(200);
    last = Number(await list.locator("[aria-rowindex]").last().getAttribute("aria-rowindex"));
  }
  expect([...limits]).toEqual(["100"]);

  await page.getByLabel("Status", { exact: true }).selectOption("Failed");
  await list.getByRole("row", { name: "Failed" }).first().waitFor();
  await page.getByRole("button", { name: "Resend all failed" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("5,000 selected").waitFor();
  const halfWay = holdHalfWay(platform);
  await dialog.getByRole("button", { name: "Resend all failed" }).click();
  const release = await halfWay;
  await dialog.getByText(/^Running: [1-4],\d\d\d of 5,000$/).waitFor();
  await shoot("job");
  const canceling = page.waitForRequest(/\/jobs\/[\w-]+\/cancel$/);
  await dialog.getByRole("button", { name: "Cancel the job" }).click();
  await canceling;
  // A later request has its response, so the server has received the cancellation.
  await page.evaluate(() => fetch("/admin/v1/me"));
  release();
  await dialog.getByText(/^Canceled: [1-4],\d\d\d of 5,000$/).waitFor();
  const { items } = (await call("GET /jobs")).body;
  const [job] = items as unknown as { state: string; done: number; total: number }[];
  expect(job).toMatchObject({ state: "canceled", total: 5_000 });
  const { read } = platform.platform.database;
  const failed = await read
    .selectFrom("deliveries")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("webhook_id", "=", webhookId)
    .where("status", "=", "failed")
    .executeTakeFirstOrThrow();
  expect(failed.count).toBe(5_000 - (job?.done ?? 0));
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await page.getByRole("button", { name: "Cancel all pending" }).click();
  await dialog.getByText(/^[1-4],\d\d\d selected$/).waitFor();
  await dialog.getByRole("button", { name: "Cancel all pending" }).click();
  await dialog.getByText(/^Done: /).waitFor();
  letGo();
});

/** Holds the responses of the endpoint until the returned function is called, or the test has ended. */
function holdResponses(): () => void {
  const held = Promise.withResolvers<void>();
  receiver.respond = (response) => void held.promise.then(() => response.end());
  onTestFinished(() => held.resolve());
  return held.resolve;
}

test("a plugin is added, called for an instance with its response or a typed error, and deleted", async () => {
  const { app, appId, complaints, instanceId, page } = await visitApp("extensions");
  await page.getByText("No extensions yet").waitFor();
  await page.getByLabel("URL").fill("http://app.example/page");
  await page.getByRole("button", { name: "Add the extension" }).click();
  await page.getByText("must begin with https://").waitFor();
  expect((await call(`GET /apps/${appId}/extensions`)).body.items).toEqual([]);
  await page.getByLabel("URL").fill("https://app.example/page");
  await page.getByRole("button", { name: "Add the extension" }).click();
  const list = page.getByRole("region", { name: "Extensions" });
  await list.getByRole("link", { name: "Page in a frame" }).waitFor();

  const plugin = await startShippingRates(platform, app);
  await page.getByLabel("Kind").selectOption("Service plugin");
  await page.getByLabel("Type").selectOption("ECOM_SHIPPING_RATES");
  await page.getByLabel("Base URI").fill("http://127.0.0.1:9999/wrong");
  await page.getByRole("button", { name: "Add the extension" }).click();
  await list.getByRole("link", { name: "ECOM_SHIPPING_RATES" }).click();
  await page.getByLabel("Base URI of the extension").fill(plugin.url);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: "Save", exact: true, disabled: true }).waitFor();

  const request = page.getByLabel("Request", { exact: true });
  expect(JSON.parse(await request.inputValue())).toEqual({ lineItems: [{ quantity: 1 }] });
  expect(await page.getByLabel("Instance ID").inputValue()).toBe(instanceId);
  const send = page.getByRole("button", { name: "Send the request" });
  const result = page.getByRole("status", { name: "Result of the test call" });
  await send.click();
  await result.getByText(/^Responded after \d+ ms/).waitFor();
  await result.getByText("Standard, 2 days").waitFor();
  expect(plugin.requests).toEqual([{ lineItems: [{ quantity: 1 }] }]);

  await request.fill('{"lineItems":[}');
  await page.getByText("is not JSON").waitFor();
  expect(await send.isDisabled()).toBe(true);
  await request.fill('{"lineItems":[{"quantity":0}]}');
  await send.click();
  await page.getByText("request.lineItems[0].quantity must be >= 1").waitFor();
  await request.fill('{"lineItems":[{"quantity":1}],"shippingDestination":{"country":"US"}}');
  await send.click();
  await result.getByText("APPLICATION_ERROR").waitFor();
  await result.getByText("Error of the app: MISSING_POSTAL_CODE").waitFor();
  await plugin.close();
  await send.click();
  await result.getByText("UNREACHABLE").waitFor();

  await confirm(page, "Delete");
  await list.getByRole("link", { name: "Page in a frame" }).waitFor();
  await list.getByRole("link", { name: "ECOM_SHIPPING_RATES" }).waitFor({ state: "detached" });
  expect(complaints).toEqual([]);
});

test.each([
  { width: 1_280, colorScheme: "light" },
  { width: 360, colorScheme: "dark" },
] as const)("the pages have no barrier at $width px in $colorScheme, and break no policy", async (look) => {
  const { appId, complaints, page, publish, shoot, open, subscribe } = await visitApp("webhooks", look);
  const webhookId = await subscribe(`${receiver.url}/a/long/path/for/webhooks/of/this/app`);
  receiver.respond = (response) => response.writeHead(503).end("There are no seats at this time.");
  await publish({ seats: 2, guests: [{ name: "Ann" }, { name: "Ben" }] });
  await platform.settled();
  const [delivery] = (await call(`GET /deliveries?appId=${appId}`)).body.items as unknown as {
    deliveryId: string;
  }[];
  const plugin = {
    ...{ kind: "SERVICE_PLUGIN", componentType: "ECOM_SHIPPING_RATES" },
    baseUri: "http://127.0.0.1:9999/plugins",
  };
  const { extensionId } = (await call(`POST /apps/${appId}/extensions`, { body: plugin })).body;
  const found: string[] = [];
  const check = async (name: string) => {
    await page.waitForLoadState("networkidle");
    await shoot(name);
    found.push(...(await findBarriers(page)), ...(await findOverflow(page)));
  };
  const pages = {
    webhooks: ["webhooks", "BookingCreated"],
    webhook: [`webhooks/${webhookId}`, "Failing"],
    deliveries: ["webhooks/deliveries", "Resend all failed"],
    filtered: ["webhooks/deliveries?status=canceled", "No delivery matches the filter"],
    delivery: [`webhooks/deliveries/${delivery?.deliveryId}`, "There are no seats at this time."],
    extensions: ["extensions", "Service plugin"],
    extension: [`extensions/${extensionId}`, "Send the request"],
  } as const;
  for (const [name, [path, text]] of Object.entries(pages)) {
    await open(path);
    await page.getByText(text).first().waitFor();
    await check(name);
  }
  await page.getByRole("button", { name: "Send the request" }).click();
  await page.getByText("UNREACHABLE").waitFor();
  await check("test-call");
  await open(`webhooks/${webhookId}`);
  await confirm(page, "Pause");
  await page.getByText("Paused, nothing lost").waitFor();
  await check("paused");
  expect([found, complaints]).toEqual([[], []]);
});
