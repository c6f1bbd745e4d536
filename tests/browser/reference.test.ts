import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findBarriers, findOverflow, startChromium } from "./chromium.ts";

let platform: TestPlatform;
let browser: Browser;
beforeAll(async () => {
  platform = await createTestPlatform();
  browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
  await platform.close();
});

test("FR-D §4: the search of the reference finds an operation by words of its method, path and title", async () => {
  const page = await browser.newPage();
  await page.goto(`${platform.url}/docs`);
  await page.keyboard.press("/");
  await page.keyboard.type("post subscribe webhooks");
  const found = page.locator("nav li:visible");
  expect(await found.allInnerTexts()).toEqual(["POST\n/admin/v1/apps/{appId}/webhooks"]);
  await found.getByRole("link").click();
  await page.getByRole("heading", { name: "Subscribe an app to an event type" }).waitFor();
  expect(new URL(page.url()).hash).toBe("#createWebhook");
  await page.getByRole("searchbox").fill("nothing at all");
  expect(await page.getByRole("status").innerText()).toBe("No operation has this text.");
  await page.close();
});

test.each([
  [1280, "light"],
  [360, "dark"],
] as const)("FR-D §4: the reference has no barrier at %d px in %s", async (width, colorScheme) => {
  const page = await browser.newPage({ viewport: { width, height: 740 }, colorScheme, bypassCSP: true });
  await page.goto(`${platform.url}/docs`);
  expect([await findBarriers(page), await findOverflow(page)]).toEqual([[], []]);
  await page.close();
});
