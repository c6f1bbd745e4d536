import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { type CallManagement, managementCaller } from "@latchkey/test-support/management-client";
import type { Browser, Frame } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findBarriers, findOverflow, startChromium } from "../browser/chromium.ts";
import { signInOnPage, type Visit, visit } from "./dashboard-visit.ts";
import { type Product, startProduct } from "./product.ts";

const operator = { email: "demo@example.com", password: "the password of the demo" };
const invalid = "This link was used already, or its session has ended.";
let platform: TestPlatform;
let call: CallManagement;
let browser: Browser;
let product: Product;

beforeAll(async () => {
  platform = await createTestPlatform();
  call = managementCaller(platform);
  await call("POST /accounts", { body: { ...operator, isOperator: true, name: "Demo" } });
  product = await startProduct();
  browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
  await product?.close();
  await platform?.close();
});

async function createLink(appId: string, body: object = {}): Promise<{ linkId: string; url: string }> {
  const response = await call(`POST /apps/${appId}/portal-links`, {
    body: { pages: ["overview", "oauth"], origin: product.origin, ...body },
  });
  return { linkId: String(response.body.linkId), url: String(response.body.url) };
}

/** Opens the page of the product with these links, and returns its frames. */
async function openProduct(
  { page }: Visit,
  links: readonly { readonly url: string }[],
  origin = product.origin,
): Promise<Frame[]> {
  product.frames = links.map(({ url }) => url);
  await page.goto(`${origin}/`);
  return links.map((_, index) => page.frame(`frame-${index}`) as Frame);
}

test("a portal in a frame of another site shows the pages of its link only, and what it changes has its name", async () => {
  const person = await visit(browser);
  const { appId } = await platform.createApp({ name: '<img src=x onerror="alert(1)">' });
  const second = await platform.createApp({ name: "Second" });
  const link = await createLink(appId, { theme: { colorScheme: "dark", primaryColor: "#862e9c" } });
  const other = await createLink(second.appId, { pages: ["oauth"] });
  const [frame, otherFrame] = (await openProduct(person, [link, other])) as [Frame, Frame];

  await frame.getByRole("heading", { name: '<img src=x onerror="alert(1)">', level: 1 }).waitFor();
  expect(await frame.getByRole("tablist").first().getByRole("tab").allTextContents()).toEqual([
    "Overview",
    "OAuth",
  ]);
  expect(frame.url()).toBe(`${platform.url}/portal/${link.linkId}/apps/${appId}/overview`);
  for (const name of ["Apps", "API reference"]) {
    expect(await frame.getByRole("link", { name, exact: true }).count()).toBe(0);
  }
  expect(await frame.getByRole("button", { name: "Sign out" }).count()).toBe(0);
  expect(await frame.locator("html").getAttribute("data-mantine-color-scheme")).toBe("dark");

  await otherFrame.getByRole("heading", { name: "Second", level: 1 }).waitFor();
  expect(await otherFrame.getByRole("tab").count()).toBe(0);
  await frame.getByRole("tab", { name: "OAuth" }).click();
  for (const one of [frame, otherFrame]) {
    await one.getByLabel("Name of a new secret").fill("From the portal");
    await one.getByRole("button", { name: "Create a secret" }).click();
    await one.getByText("Copy it now").waitFor();
  }
  await person.shoot("portal");
  for (const [id, { linkId }] of [
    [appId, link],
    [second.appId, other],
  ] as const) {
    const { body } = await call(`GET /audit?appId=${id}&action=app.secret.created`);
    expect(body.items.map(({ actor }) => actor)).toEqual([`portal:${linkId}`]);
  }
  expect(person.complaints).toEqual([]);
});

test("the session lasts longer than its link: the frame loads again, and the link does not work a second time", async () => {
  const person = await visit(browser);
  const { appId } = await platform.createApp({ name: "Reloaded" });
  const link = await createLink(appId);
  const [frame] = (await openProduct(person, [link])) as [Frame];
  await frame.getByRole("heading", { name: "Reloaded", level: 1 }).waitFor();
  await frame.evaluate(() => globalThis.location.reload());
  await frame.getByRole("heading", { name: "Reloaded", level: 1 }).waitFor();

  const [again] = (await openProduct(person, [link])) as [Frame];
  await again.getByText(invalid).waitFor();
  await person.shoot("portal-used");

  const fresh = await createLink(appId);
  const [open] = (await openProduct(person, [fresh])) as [Frame];
  await open.getByRole("heading", { name: "Reloaded", level: 1 }).waitFor();
  await call(`DELETE /portal-links/${fresh.linkId}`);
  await open.getByRole("tab", { name: "OAuth" }).click();
  await open.getByRole("alert").getByText("The session of the portal has ended.").first().waitFor();
  expect(await open.getByRole("link", { name: "Sign in" }).count()).toBe(0);
  await open.evaluate(() => globalThis.location.reload());
  await open.getByText(invalid).waitFor();
});

test("H5 a page of another origin cannot frame a portal, and no page can frame the dashboard", async () => {
  const stranger = await startProduct();
  const person = await visit(browser);
  const { appId } = await platform.createApp({ name: "Framed" });
  const portals = [(await createLink(appId)).url, `${platform.url}/dashboard`];
  stranger.frames = portals;
  const scripts: string[] = [];
  person.page.on("request", (request) => {
    if (request.resourceType() === "script") scripts.push(request.url());
  });
  // The same site, and another port: the browser sends the cookie, and the policy of the page decides.
  const blocked = portals.map(() =>
    person.page.waitForEvent("console", (message) => /frame-ancestors/.test(message.text())),
  );
  await person.page.goto(`${stranger.origin}/`);
  await Promise.all(blocked);
  expect(scripts).toEqual([]);
  await stranger.close();
});

test("a portal never acts with the session of the person who signed in at the dashboard, also on the same site", async () => {
  const person = await visit(browser);
  await signInOnPage(person, platform, operator);
  const { appId } = await platform.createApp({ name: "Planted" });
  const other = await platform.createApp({ name: "Not for the portal" });
  const origin = product.sameSiteOrigin;
  const link = await createLink(appId, { origin });
  const [frame] = (await openProduct(person, [link], origin)) as [Frame];
  await frame.getByRole("heading", { name: "Planted", level: 1 }).waitFor();
  const statusOf = (headers: Record<string, string>) =>
    frame.evaluate(async ([path, sent]) => (await fetch(path, { headers: sent })).status, [
      `/admin/v1/apps/${other.appId}`,
      headers,
    ] as const);
  // The session of the operator is there, and the header puts it out of use.
  expect([await statusOf({}), await statusOf({ "Latchkey-Portal": link.linkId })]).toEqual([200, 404]);
  await frame.evaluate(
    (path) => globalThis.location.assign(path),
    `/portal/${link.linkId}/apps/${other.appId}/oauth`,
  );
  await frame.getByRole("heading", { name: "This page is not part of the portal", level: 1 }).waitFor();
  await frame.getByRole("link", { name: "the first page" }).click();
  await frame.getByRole("heading", { name: "Planted", level: 1 }).waitFor();
});

test("every page of an app calls only what a portal with this page may call", async () => {
  const person = await visit(browser);
  const { appId } = await platform.createApp({ name: "All pages" });
  const { siteId } = await platform.createSite();
  const { instanceId } = await platform.install({ appId, siteId });
  const create = async (path: string, body?: object) =>
    (await call(`POST /apps/${appId}/${path}`, { body })).body;
  const { webhookId } = await create("webhooks", {
    eventType: "AppInstalled",
    url: `${product.sameSiteOrigin}/hook`,
  });
  const { deliveryId } = await create(`webhooks/${webhookId}/test`);
  const plugin = { kind: "SERVICE_PLUGIN", componentType: "ECOM_SHIPPING_RATES" };
  const { extensionId } = await create("extensions", { ...plugin, baseUri: product.sameSiteOrigin });
  await platform.settled();
  const innerPages: Readonly<Record<string, readonly string[]>> = {
    webhooks: [`webhooks/${webhookId}`, "webhooks/deliveries", `webhooks/deliveries/${deliveryId}`],
    extensions: [`extensions/${extensionId}`],
    instances: [`instances/${instanceId}`],
    logs: ["logs/plugin-calls"],
  };
  const refused: string[] = [];
  person.page.on("response", (response) => {
    if (response.status() >= 400) refused.push(`${response.status()} ${response.url()}`);
  });
  const all = {
    pages: ["overview", "oauth", "permissions", "webhooks", "extensions", "instances", "health", "logs"],
  };
  const [whole] = (await openProduct(person, [await createLink(appId, all)])) as [Frame];
  await whole.getByRole("tab", { name: "Overview" }).waitFor();
  const tabs = await whole.getByRole("tablist").first().getByRole("tab").allTextContents();
  for (const page of tabs.map((label) => (label === "OAuth" ? "oauth" : label.toLowerCase()))) {
    const [frame] = (await openProduct(person, [await createLink(appId, { pages: [page] })])) as [Frame];
    await frame.getByRole("heading", { name: "All pages", level: 1 }).waitFor();
    await person.page.waitForLoadState("networkidle");
    expect([page, await frame.getByRole("alert").allTextContents()]).toEqual([page, []]);
    await person.shoot(`portal-page-${page}`);
    for (const inner of innerPages[page] ?? []) {
      const path = new URL(frame.url()).pathname.replace(/\/apps\/.*/, `/apps/${appId}/${inner}`);
      await frame.evaluate((target) => globalThis.location.assign(target), path);
      await frame.getByRole("heading", { name: "All pages", level: 1 }).waitFor();
      await person.page.waitForLoadState("networkidle");
      expect([inner, await frame.getByRole("alert").allTextContents()]).toEqual([inner, []]);
    }
  }
  expect(refused).toEqual([]);
  expect(person.complaints).toEqual([]);
});

test("a portal of a site shows its apps and requests, and manages the apps", async () => {
  const person = await visit(browser);
  const { appId } = await platform.createApp({ name: "Installed" });
  const { siteId } = await platform.createSite({ name: "Corner Shop" });
  await platform.install({ appId, siteId });
  const refused: string[] = [];
  person.page.on("response", (response) => {
    if (response.status() >= 400) refused.push(`${response.status()} ${response.url()}`);
  });
  const body = { pages: ["apps", "requests"], origin: product.origin };
  const link = await call(`POST /sites/${siteId}/portal-links`, { body });
  const [frame] = (await openProduct(person, [{ url: String(link.body.url) }])) as [Frame];
  await frame.getByRole("heading", { name: "Corner Shop", level: 1 }).waitFor();
  expect(await frame.getByRole("tab").allTextContents()).toEqual(["Apps", "Requests"]);
  await frame.getByRole("tab", { name: "Requests" }).click();
  await person.page.waitForLoadState("networkidle");
  await frame.getByRole("tab", { name: "Apps" }).click();
  await person.shoot("portal-site");
  await frame.getByRole("link", { name: "Installed" }).click();
  await frame.getByRole("button", { name: "Remove" }).first().waitFor();
  await person.page.waitForLoadState("networkidle");
  expect(await frame.getByRole("alert").allTextContents()).toEqual([]);
  expect(refused).toEqual([]);
});

test.each([
  { width: 1_280, colorScheme: "light", primaryColor: "#ffd43b" },
  { width: 360, colorScheme: "dark", primaryColor: "#5f3dc4" },
] as const)("no barriers at $width $colorScheme in $primaryColor", async ({ primaryColor, ...look }) => {
  const person = await visit(browser, look);
  const { appId } = await platform.createApp({ name: "Accessible" });
  for (const [page, second] of [
    ["overview", "oauth"],
    ["oauth", "overview"],
  ]) {
    const link = await createLink(appId, { pages: [page, second], theme: { primaryColor } });
    const [frame] = (await openProduct(person, [link])) as [Frame];
    await frame.getByRole("heading", { name: "Accessible", level: 1 }).waitFor();
    await frame.getByRole("heading", { level: 2 }).first().waitFor();
    expect([page, ...(await findBarriers(frame)), ...(await findOverflow(frame))]).toEqual([page]);
    await person.shoot(`portal-${page}`);
  }
});
