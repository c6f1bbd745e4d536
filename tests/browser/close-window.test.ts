import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startChromium } from "./chromium.ts";

const token = "token-of-the-app";
let platform: TestPlatform;
let browser: Browser;
let page: Page;
let address: string;

beforeAll(async () => {
  platform = await createTestPlatform();
  browser = await startChromium();
  address = `${platform.url}/installer/close-window?access_token=${token}`;
});
beforeEach(async () => {
  page = await browser.newPage();
  await page.goto(`${platform.url}/sign-in`);
});
afterAll(async () => {
  await browser?.close();
  await platform.close();
});

test("close-window closes the window that an app has opened", async () => {
  const [popup] = await Promise.all([
    page.waitForEvent("popup"),
    page.evaluate((url) => void globalThis.open(url), address),
  ]);
  if (!popup.isClosed()) await popup.waitForEvent("close");
  expect(popup.isClosed()).toBe(true);
});

test("close-window removes the token from the address, the history and Referer of a window that stays", async () => {
  const referers: (string | undefined)[] = [];
  page.on("request", async (request) => referers.push((await request.allHeaders()).referer));
  await page.goto(address);
  expect(page.url()).toBe(`${platform.url}/installer/close-window`);
  expect(await page.textContent("h1")).toBe("The app is installed");
  await page.goBack();
  await page.goForward();
  expect(page.url()).toBe(`${platform.url}/installer/close-window`);
  await page.goto(`${platform.url}/sign-in`);
  expect(referers.filter((referer) => referer?.includes(token))).toEqual([]);
});

test("close-window repeats nothing that it is sent, and is never stored or framed", async () => {
  const response = await fetch(`${address}<script>alert(1)</script>`);
  expect(await response.text()).not.toMatch(/token-of-the-app|alert/);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "content-security-policy": expect.stringContaining("frame-ancestors 'none'"),
  });
});
