import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { type CallManagement, managementCaller } from "@latchkey/test-support/management-client";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findBarriers, findOverflow, startChromium } from "./chromium.ts";

const readProducts = "SCOPE.DC-STORES.READ-PRODUCTS";
const manageProducts = "SCOPE.DC-STORES.MANAGE-PRODUCTS";

let platform: TestPlatform;
let call: CallManagement;
let browser: Browser;
let appId: string;

beforeAll(async () => {
  platform = await createTestPlatform({ resources: [stores] });
  call = managementCaller(platform);
  const app = await platform.createApp({
    name: "Shipping Rates",
    scopes: [
      { scopeId: readProducts, reason: "To weigh what is sent." },
      { scopeId: manageProducts, optional: true, reason: "To write the weight into each product." },
    ],
  });
  appId = app.appId;
  browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
  await platform?.close();
});

async function createLink(locale = "en") {
  const { siteId } = await platform.createSite({ name: "Corner Shop", locale });
  const { body } = await call(`POST /sites/${siteId}/install-links`, { body: { appId } });
  return { siteId, url: String(body.url) };
}

const instancesOf = async (siteId: string) => (await call(`GET /sites/${siteId}/instances`)).body.items;

test("a person without script and account installs an app, and the address has no token", async () => {
  const { siteId, url } = await createLink();
  const page = await browser.newPage({ javaScriptEnabled: false });
  await page.goto(url);
  expect(page.url()).toBe(`${platform.url}/installer/link`);
  await page.getByLabel("Manage Products").uncheck();
  await page.getByText("2 permissions").first().click();
  expect(await page.getByText("WIX_STORES.READ_PRODUCTS").first().isVisible()).toBe(true);
  await page.getByRole("button", { name: "Install" }).click();
  expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(
    "Shipping Rates is installed on Corner Shop",
  );
  expect(await instancesOf(siteId)).toMatchObject([{ grant: [readProducts, "SCOPE.DC.MANAGE-YOUR-APP"] }]);
  await page.goBack();
  expect(page.url()).not.toContain("token");
});

test("a person without script refuses, and nothing is installed", async () => {
  const { siteId, url } = await createLink();
  const page = await browser.newPage({ javaScriptEnabled: false });
  await page.goto(url);
  await page.getByRole("button", { name: "Cancel" }).click();
  expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Nothing was installed");
  expect(await instancesOf(siteId)).toEqual([]);
});

test.each([
  ["en", 1_280, "light"],
  ["en", 360, "dark"],
  ["de", 1_280, "dark"],
  ["de", 360, "light"],
] as const)(
  "the pages are accessible and fit the screen: %s, %i pixels, %s",
  async (locale, width, colorScheme) => {
    const { url } = await createLink(locale);
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
    const found: string[] = [];
    const check = async () => found.push(...(await findBarriers(page)), ...(await findOverflow(page)));
    await page.goto(url);
    await page.locator("summary").last().click();
    await check();
    await page.getByRole("button").first().click();
    await check();
    await page.goto(url);
    await check();
    expect(found).toEqual([]);
  },
);
