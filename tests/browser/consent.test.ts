import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { type CallManagement, managementCaller } from "@latchkey/test-support/management-client";
import { createPerson, type Person } from "@latchkey/test-support/people";
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findBarriers, findOverflow, startChromium } from "./chromium.ts";

const readProducts = "SCOPE.DC-STORES.READ-PRODUCTS";
const manageProducts = "SCOPE.DC-STORES.MANAGE-PRODUCTS";

let platform: TestPlatform;
let call: CallManagement;
let browser: Browser;
let app: Server;
let appId: string;
/** The page of the app to which people return. */
let back: string;

beforeAll(async () => {
  platform = await createTestPlatform({ resources: [stores] });
  call = managementCaller(platform);
  await call("PUT /roles/EDITOR", { body: { permissions: [] } });
  app = createServer((_, response) => response.end("<title>The app</title>")).listen(0, "127.0.0.1");
  await new Promise((resolve) => app.once("listening", resolve));
  back = `http://127.0.0.1:${(app.address() as AddressInfo).port}/installed`;
  const created = await platform.createApp({
    name: "Shipping Rates",
    scopes: [
      { scopeId: readProducts, reason: "To weigh what is sent." },
      { scopeId: manageProducts, optional: true, reason: "To write the weight into each product." },
    ],
    postInstallationUrls: [back],
    legacy: { appUrl: back, redirectUrls: [back] },
  });
  appId = created.appId;
  browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
  app?.close();
  await platform?.close();
});

async function createSite(people: Readonly<Record<string, Person>> = {}, locale = "en") {
  const { siteId } = await platform.createSite({ name: "Corner Shop", locale });
  for (const [role, { accountId }] of Object.entries(people)) {
    await call(`PUT /sites/${siteId}/members/${accountId}`, { body: { role } });
  }
  return siteId;
}

/** A browser of a person, without script. */
async function open(
  person: Person,
  { javaScriptEnabled = false, width = 1_280 } = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({ javaScriptEnabled, viewport: { width, height: 800 } });
  const cookies = person.visitor.cookies.split("; ").filter(Boolean);
  await context.addCookies(
    cookies.map((cookie) => {
      const [name = "", value = ""] = cookie.split("=");
      return { name, value, url: platform.url, httpOnly: true, sameSite: "Lax" as const };
    }),
  );
  return context;
}

const instancesOf = async (siteId: string) => (await call(`GET /sites/${siteId}/instances`)).body.items;
const addressOf = (siteId: string) =>
  `${platform.url}/app-installer?appId=${appId}&siteId=${siteId}&postInstallationUrl=${encodeURIComponent(`${back}?state=s-1`)}`;

test("a person without script installs an app, and returns to it", async () => {
  const person = await createPerson(platform);
  const siteId = await createSite({ OWNER: person });
  const page = await (await open(person)).newPage();
  await page.goto(addressOf(siteId));
  expect(await page.locator("dl").textContent()).toMatch(/Your account.*person-\d+@example\.com\)/s);
  await page.getByRole("button", { name: "Install" }).click();
  await page.waitForURL(`${back}**`);
  expect(new URL(page.url()).searchParams.get("state")).toBe("s-1");
  expect(await instancesOf(siteId)).toMatchObject([
    { grant: [manageProducts, readProducts, "SCOPE.DC.MANAGE-YOUR-APP"] },
  ]);
});

test("a person without script refuses, and returns to the app with an error", async () => {
  const person = await createPerson(platform);
  const siteId = await createSite({ OWNER: person });
  const page = await (await open(person)).newPage();
  await page.goto(addressOf(siteId));
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.waitForURL(`${back}**`);
  expect(new URL(page.url()).searchParams.get("error")).toBe("access_denied");
  expect(await instancesOf(siteId)).toEqual([]);
});

test("a member without script asks an owner, who approves in another browser", async () => {
  const [owner, editor] = [await createPerson(platform, "Owner"), await createPerson(platform, "Editor")];
  const siteId = await createSite({ OWNER: owner, EDITOR: editor });
  const asking = await (await open(editor)).newPage();
  await asking.goto(addressOf(siteId));
  await asking.getByRole("button", { name: "Ask an owner" }).click();
  expect(await asking.getByRole("heading", { level: 1 }).textContent()).toBe("An owner has to decide");
  const address = (await asking.getByText("/installer/requests/").textContent()) ?? "";
  const deciding = await (await open(owner)).newPage();
  await deciding.goto(address);
  await deciding.getByRole("button", { name: "Install" }).click();
  expect(await deciding.getByRole("heading", { level: 1 }).textContent()).toBe(
    "Shipping Rates is installed on Corner Shop",
  );
  await asking.getByRole("link", { name: "Check again" }).click();
  await asking.waitForURL(`${back}**`);
  expect(new URL(asking.url()).searchParams.get("state")).toBe("s-1");
});

test("an owner without script withdraws a scope", async () => {
  const owner = await createPerson(platform);
  const siteId = await createSite({ OWNER: owner });
  const { instanceId } = await platform.install({ appId, siteId });
  const page = await (await open(owner)).newPage();
  await page.goto(`${platform.url}/installer/approve?instanceId=${instanceId}`);
  await page.getByLabel("Manage Products").uncheck();
  await page.getByRole("button", { name: "Save" }).click();
  expect(await page.getByRole("status").textContent()).toBe("Saved. The change applies now.");
  expect(await instancesOf(siteId)).toMatchObject([{ grant: [readProducts, "SCOPE.DC.MANAGE-YOUR-APP"] }]);
});

test("F14 no page is shown in a frame, and no form of another site installs anything", async () => {
  const person = await createPerson(platform);
  const siteId = await createSite({ OWNER: person });
  const target = addressOf(siteId);
  const evil = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end(
      `<iframe src="${target.replaceAll("&", "&amp;")}"></iframe>
       <form method="post" action="${platform.url}/app-installer"><input name="decision" value="approve"><button>Win</button></form>`,
    );
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => evil.once("listening", resolve));
  const page = await (await open(person)).newPage();
  // The second name is another site, so the browser sends no cookie.
  for (const host of ["127.0.0.1", "localhost"]) {
    await page.goto(`http://${host}:${(evil.address() as AddressInfo).port}/`);
    const framed = page.frameLocator("iframe").locator("body");
    expect(await framed.textContent()).not.toContain("Shipping Rates");
    await page.getByRole("button", { name: "Win" }).click();
    expect(await page.locator("code").last().textContent()).toBe("FORM_FROM_ANOTHER_SITE");
  }
  expect(await instancesOf(siteId)).toEqual([]);
  evil.close();
});

test("every page is accessible and fits a narrow screen, in both languages", async () => {
  const [owner, editor] = [await createPerson(platform, "Owner"), await createPerson(platform, "Editor")];
  const siteId = await createSite({ OWNER: owner, EDITOR: editor });
  const german = await createSite({ OWNER: owner, EDITOR: editor }, "de");
  const installed = await createSite({ OWNER: owner });
  const { instanceId } = await platform.install({ appId, siteId: installed });
  const pages: [Person, string][] = [
    [owner, addressOf(siteId)],
    [owner, addressOf(german)],
    [owner, addressOf(siteId).replace(/&siteId=[^&]*/, "")],
    [editor, addressOf(german)],
    [owner, `${platform.url}/installer/approve?instanceId=${instanceId}`],
  ];
  const found: string[] = [];
  for (const [person, address] of pages) {
    for (const width of [1_280, 360]) {
      const context = await open(person, { javaScriptEnabled: true, width });
      const page = await context.newPage();
      await page.goto(address);
      found.push(...(await findBarriers(page)), ...(await findOverflow(page)));
      await context.close();
    }
  }
  expect(found).toEqual([]);
});
