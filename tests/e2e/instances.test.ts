import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { type CallManagement, managementCaller } from "@latchkey/test-support/management-client";
import { requestToken } from "@latchkey/test-support/request-token";
import {
  respondWith,
  startWebhookReceiver,
  type WebhookReceiver,
} from "@latchkey/test-support/webhook-receiver";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findBarriers, findOverflow, startChromium } from "../browser/chromium.ts";
import { signInOnPage, type Visit, visit } from "./dashboard-visit.ts";

const operator = { email: "demo@example.com", password: "the password of the demo" };
const scope = "SCOPE.DC-STORES.READ-PRODUCTS";
const added = "SCOPE.DC-STORES.MANAGE-PRODUCTS";
const componentType = "ECOM_SHIPPING_RATES";
let platform: TestPlatform;
let call: CallManagement;
let browser: Browser;
let receiver: WebhookReceiver;

beforeAll(async () => {
  platform = await createTestPlatform({ resources: [stores], refusedDeliveries: "allow" });
  call = managementCaller(platform);
  receiver = await startWebhookReceiver();
  const flags = { isDeveloper: true, isOperator: true };
  await call("POST /accounts", { body: { ...operator, ...flags, name: "Demo" } });
  browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
  await platform?.close();
  await receiver?.close();
});

async function signedIn(look?: Parameters<typeof visit>[1]): Promise<Visit> {
  const visited = await visit(browser, look);
  await signInOnPage(visited, platform, operator);
  return visited;
}

const confirm = async (page: Page, name: string) => {
  await page.getByRole("button", { name, exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name, exact: true }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
};
const rowsOf = (page: Page, label: string) =>
  page.getByRole("region", { name: label }).locator("tbody").getByRole("row");

/** An app with a webhook, installed on a site. */
async function installedApp(name: string) {
  const app = await platform.createApp({ name, scopes: [{ scopeId: scope, optional: false, reason: null }] });
  const { appId } = app;
  const { body: webhook } = await call(`POST /apps/${appId}/webhooks`, {
    body: { eventType: "AppInstalled", url: `${receiver.url}/${appId}` },
  });
  await call(`POST /apps/${appId}/extensions`, {
    body: { kind: "SERVICE_PLUGIN", componentType, baseUri: "http://127.0.0.1:9999/plugins" },
  });
  const { siteId } = await platform.createSite();
  const { instanceId } = await platform.install({ appId, siteId });
  await platform.settled();
  const pages = `${platform.url}/dashboard/apps/${appId}`;
  const secret = app.secret.value;
  return { appId, siteId, instanceId, secret, webhookId: String(webhook.webhookId), pages };
}

const callPlugin = (siteId: string) =>
  call("POST /service-plugins/call", {
    body: { siteId, componentType, method: "getShippingRates", request: { lineItems: [{ quantity: 1 }] } },
  });
const callWith = (token: string) =>
  fetch(`${platform.url}/apps/v1/instance`, { headers: { authorization: token } });

test("the timeline of an instance has what happened in one order, Logs say why a call was refused, and a removal ends its tokens", async () => {
  const app = await installedApp("Observed");
  const person = await signedIn();
  const { page } = person;
  const token = await requestToken(platform.url, app);
  await page.goto(`${app.pages}/instances`);
  await page.getByRole("link", { name: app.instanceId }).click();
  await page.getByRole("heading", { name: "Timeline" }).waitFor();
  await confirm(page, "Revoke tokens");
  const refused = await callWith(token);
  expect(refused.status).toBe(401);
  await callPlugin(app.siteId);
  const requestId = String(refused.headers.get("x-request-id"));
  await platform.clock.advance(5_000);

  // Without a reload.
  const rows = rowsOf(page, "Timeline");
  await rows.filter({ hasText: "Refused request" }).waitFor();
  const shown = await rows.allInnerTexts();
  expect(shown.map((text) => text.replaceAll(/\s+/g, " "))).toEqual([
    expect.stringMatching(/Plugin call ECOM_SHIPPING_RATES\.getShippingRates UNREACHABLE/),
    expect.stringMatching(
      /Refused request GET \/apps\/v1\/instance generation_raised The tokens .* were revoked/,
    ),
    expect.stringMatching(/Change instance\.tokens\.revoked by account:/),
    expect.stringMatching(/Delivery AppInstalled delivered HTTP 200, \d+ ms/),
    expect.stringMatching(/Change instance\.installed by test/),
  ]);
  await page.getByRole("cell", { name: /^1 issued, the last one/ }).waitFor();

  await rows.getByRole("link", { name: "Refused request" }).click();
  await page.waitForURL(`${app.pages}/logs?instanceId=${app.instanceId}&requestId=${requestId}`);
  const log = rowsOf(page, "Refused requests");
  await log.getByText("generation_raised", { exact: true }).waitFor();
  expect(await log.count()).toBe(1);
  await log.getByText("The tokens of the instance or of the app were revoked").waitFor();
  await page.getByText("Entries are kept for 7 days.").waitFor();
  expect(await person.copy("Request ID")).toBe(requestId);
  await page.getByRole("button", { name: "Clear" }).click();
  await page.getByLabel("Reason").selectOption("wrong_secret");
  await page.getByText("No refused request matches").waitFor();

  await page.goto(`${app.pages}/instances/${app.instanceId}`);
  await rows.getByRole("link", { name: "Plugin call" }).click();
  await rowsOf(page, "Plugin calls").getByText("UNREACHABLE").waitFor();
  expect(await rowsOf(page, "Plugin calls").count()).toBe(1);

  await page.goto(`${app.pages}/instances/${app.instanceId}`);
  await rows.getByRole("link", { name: "Delivery" }).click();
  await page.waitForURL(`${app.pages}/webhooks/deliveries?instanceId=${app.instanceId}`);
  await page.goto(`${app.pages}/instances/${app.instanceId}`);
  await rows.filter({ hasText: "instance.tokens.revoked" }).getByRole("link").click();
  await page.waitForURL(`${platform.url}/dashboard/operator/audit?instanceId=${app.instanceId}&requestId=*`);
  await page.getByText("instance.tokens.revoked").first().waitFor();

  await page.goto(`${app.pages}/instances/${app.instanceId}`);
  const last = await requestToken(platform.url, app);
  await page.getByRole("button", { name: "Remove the app from the site" }).click();
  await page.getByRole("dialog").getByText("Every token of the instance is refused at once.").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Remove the app from the site" }).click();
  await page
    .getByText("This app is removed from the site. Every token of the instance is refused.")
    .waitFor();
  await rows.filter({ hasText: "instance.removed" }).waitFor();
  expect((await callWith(last)).status).toBe(401);
  await expect(requestToken(platform.url, app)).rejects.toThrow("A token request: 404");
  expect(await page.getByRole("button", { name: "Suspend" }).count()).toBe(0);
  expect(person.complaints).toEqual([]);
});

test("instances are found by their site, their state, their grant and their tokens", async () => {
  const app = await installedApp("Filtered");
  const second = await platform.createSite({ externalId: "tenant-2" });
  const { instanceId } = await platform.install({ appId: app.appId, siteId: second.siteId });
  await platform.suspend(instanceId);
  await requestToken(platform.url, app);
  await platform.clock.advance(5_000);
  const { page } = await signedIn();
  const rows = rowsOf(page, "Instances");
  const expectOnly = async (query: string, id: string) => {
    await page.goto(`${app.pages}/instances?${query}`);
    await rows.getByRole("link", { name: id }).waitFor();
    expect([query, await rows.count()]).toEqual([query, 1]);
  };
  await expectOnly("state=suspended", instanceId);
  await expectOnly("tokens=never", instanceId);
  await expectOnly("tokens=newest", app.instanceId);
  await expectOnly("site=tenant-2", instanceId);
  await expectOnly(`site=${app.siteId}`, app.instanceId);
  await page.getByLabel("Grant").selectOption("Has an old grant");
  await page.getByText("No instance matches").waitFor();
  await page.getByRole("button", { name: "Clear" }).click();
  await rows.nth(1).waitFor();
  await page.goto(`${app.pages}/logs?instanceId=nonsense`);
  await page.getByRole("alert").getByText("instanceId must be a GUID").waitFor();
});

test("a new required scope needs a reason, is shown as owners see it, and lists the instances with the old grant", async () => {
  const app = await installedApp("Growing");
  const sites = [await platform.createSite(), await platform.createSite()];
  for (const { siteId } of sites) await platform.install({ appId: app.appId, siteId });
  const { page } = await signedIn();
  await page.goto(`${app.pages}/permissions`);
  await page.getByLabel("Add a scope").selectOption(added);
  const row = page.getByRole("group", { name: added });
  await page.getByRole("button", { name: "Save" }).click();
  await row.getByText("is required for a scope that is added").waitFor();
  await row.getByLabel("Reason").fill("Changes prices at night");
  await page.getByRole("group", { name: "Preview" }).getByText("Changes prices at night").waitFor();

  const theirs = [{ scopeId: scope, optional: false, reason: "Shows products" }];
  await call(`PATCH /apps/${app.appId}`, { body: { scopes: theirs } });
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("alert").getByText(`${scope}, required, Shows products`).waitFor();
  await page.getByRole("button", { name: "Save mine instead" }).click();
  await page.getByRole("alert").waitFor({ state: "detached" });
  await platform.settled();

  const old = rowsOf(page, "Instances with an old grant");
  await old.nth(2).waitFor();
  const approve = old.filter({ hasText: app.instanceId }).getByRole("button", { name: "Approve" });
  await approve.click();
  await page.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
  await old.filter({ hasText: app.instanceId }).waitFor({ state: "detached" });
  expect((await call(`GET /instances/${app.instanceId}`)).body.grant).toContain(added);
  expect(await old.count()).toBe(2);
  await page.getByRole("button", { name: "Approve all" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("2 selected").waitFor();
  await dialog.getByRole("button", { name: "Approve all" }).click();
  await dialog.getByText("Done: 2 of 2").waitFor();
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await page.getByText("Every instance has the scopes that the app requests").waitFor();
});

test("a developer revokes tokens of an instance, and only operators are offered more", async () => {
  const app = await installedApp("Developed");
  const developer = { email: "developer@example.com", password: "the password of a developer" };
  const { body } = await call("POST /accounts", { body: { ...developer, name: "Dev", isDeveloper: true } });
  await call(`POST /apps/${app.appId}/developers`, { body: { accountId: body.accountId } });
  const visited = await visit(browser);
  await signInOnPage(visited, platform, developer);
  const { page } = visited;
  await page.goto(`${app.pages}/instances/${app.instanceId}`);
  await page.getByRole("button", { name: "Revoke tokens" }).waitFor();
  for (const name of ["Suspend", "Approve all requested scopes", "Remove the app from the site"]) {
    expect([name, await page.getByRole("button", { name }).count()]).toEqual([name, 0]);
  }
  await page.goto(`${app.pages}/logs`);
  await page.getByText("Entries are kept for 7 days").waitFor();
});

test("Health shows a dead endpoint, warns before it is paused, and says that nothing is lost", async () => {
  const app = await installedApp("Failing");
  const token = await requestToken(platform.url, app);
  await call(`POST /instances/${app.instanceId}/revoke-tokens`);
  await callWith(token);
  receiver.respond = respondWith(500);
  const { page } = await signedIn();
  const install = async () => {
    const { siteId } = await platform.createSite();
    await platform.install({ appId: app.appId, siteId });
    await platform.settled();
  };
  await install();
  await platform.clock.advance(5_000);
  await page.goto(`${app.pages}/health`);
  await page.getByText("This endpoint fails").waitFor();
  const refused = page.getByRole("table", { name: "Refused requests by route" });
  await refused.getByRole("row", { name: /GET \/apps\/v1\/instance generation_raised/ }).waitFor();
  const failures = page.getByRole("table", { name: "Failures by reason" });
  await failures.getByRole("row", { name: /Deliveries wrong_status/ }).waitFor();
  await page
    .getByRole("figure", { name: "Deliveries", exact: true })
    .getByRole("button", { name: "Table" })
    .click();
  await page.getByRole("columnheader", { name: "delivered" }).waitFor();

  // As after 19 failures in five days.
  const failingSince = platform.clock.now() - 5 * 86_400_000 - 1;
  await platform.platform.database.write((trx) =>
    trx
      .updateTable("webhooks")
      .set({ failing_since: failingSince, failures: 19 })
      .where("webhook_id", "=", app.webhookId)
      .execute(),
  );
  await install();
  await page.getByText("Paused, nothing is lost").waitFor();
  await page.getByText("It failed for five days.").waitFor();
  await install();
  await page.getByText(/Waiting events: 3\./).waitFor();
  const before = receiver.received.length;
  receiver.respond = respondWith(200);
  await confirm(page, "Resume");
  await page.getByText("Paused, nothing is lost").waitFor({ state: "detached" });
  await receiver.waitFor(before + 3);
});

test.each([
  { width: 1_280, colorScheme: "light" },
  { width: 360, colorScheme: "dark" },
] as const)(
  "no page of instances, permissions, health and logs has a barrier at $width px in $colorScheme",
  async (look) => {
    const app = await installedApp("Loyalty Points");
    const token = await requestToken(platform.url, app);
    await call(`POST /instances/${app.instanceId}/revoke-tokens`);
    await callWith(token);
    await callPlugin(app.siteId);
    const scopes = [
      { scopeId: scope },
      { scopeId: added, optional: true, reason: "Changes prices at night" },
    ];
    await call(`PATCH /apps/${app.appId}`, { body: { scopes } });
    receiver.respond = respondWith(500);
    const { siteId } = await platform.createSite();
    const removed = await platform.install({ appId: app.appId, siteId });
    await platform.remove(removed.instanceId);
    await platform.settled();
    await platform.clock.advance(5_000);
    const { complaints, page, shoot } = await signedIn(look);
    const found: string[] = [];
    const paths = [
      "instances",
      `instances/${app.instanceId}`,
      `instances/${removed.instanceId}`,
      "permissions",
      "health",
      "logs",
      "logs/plugin-calls",
    ];
    for (const path of paths) {
      await page.goto(`${app.pages}/${path}`);
      await page.getByRole("heading", { level: 2 }).first().waitFor();
      await page.getByRole("table").first().waitFor();
      if (path === "health") await page.locator(".plot canvas").first().waitFor();
      await shoot(
        path.replace(app.instanceId, "one").replace(removed.instanceId, "removed").replace("/", "-"),
      );
      found.push(...(await findBarriers(page)), ...(await findOverflow(page)));
    }
    receiver.respond = respondWith(200);
    expect([found, complaints]).toEqual([[], []]);
  },
);
